const dgram = require("node:dgram");
const readline = require("node:readline");

const [host, port] = process.argv[2].split(":");
const message = process.argv.slice(3).join(" ");
const socket = dgram.createSocket("udp4");

if (message) {
  socket.send(message, Number(port), host);
  socket.close();
} else {
  const lines = readline.createInterface({ input: process.stdin });
  let last = "";
  lines.on("line", (line) => {
    if (last === "88") return;
    last = line;
    socket.send(line, Number(port), host, () => {
      if (line === "88") process.exit();
    });
  });
  lines.on("close", () => socket.close());
}

const net = require("node:net");
const readline = require("node:readline");

const [host, port] = process.argv[2].split(":");
const message = process.argv.slice(3).join(" ");
const socket = net.connect(Number(port), host);

if (message) {
  socket.end(message);
} else {
  const lines = readline.createInterface({ input: process.stdin });
  lines.on("line", (line) => socket.write(line + "\n"));
  lines.on("close", () => socket.end());
}

let shown = "";
socket.on("data", (data) => {
  const answer = shown + data;
  process.stdout.write(answer.slice(shown.length));
  shown = answer;
});
socket.on("error", (error) => {
  console.error(error.message);
  process.exitCode = 1;
});

const net = require("node:net");
const readline = require("node:readline");

const [role, address] = process.argv.slice(2);
const [host, port] = address.split(":");

function talk(socket) {
  const peer = `${socket.remoteAddress}:${socket.remotePort}`;
  socket.on("data", (data) => {
    for (const message of data.toString().trimEnd().split("\n")) {
      console.log(`[${peer}] ${message}`);
      if (message === "end") process.exit();
    }
  });
  socket.on("end", () => process.exit());
  socket.on("error", () => process.exit(1));
  const lines = readline.createInterface({ input: process.stdin });
  lines.on("line", (line) => {
    socket.write(line + "\n", () => {
      if (line === "end") process.exit();
    });
  });
  lines.on("close", () => socket.end());
}

if (role === "serve") {
  const server = net.createServer({ allowHalfOpen: true }, talk);
  server.listen(Number(port), host, () => console.error(`listening on ${address}`));
} else {
  const socket = net.connect({ port: Number(port), host, allowHalfOpen: true }, () => talk(socket));
}

const net = require("node:net");
const { StringDecoder } = require("node:string_decoder");

const [host, port] = process.argv[2].split(":");
const server = net.createServer((socket) => {
  const peer = `${socket.remoteAddress}:${socket.remotePort}`;
  const decoder = new StringDecoder("utf8");
  socket.on("data", (data) => {
    console.log(`[${peer}] ${data.length} bytes: ${decoder.write(data)}`);
  });
});
server.listen(Number(port), host, () => console.error(`listening on ${host}:${port}`));

const dgram = require("node:dgram");

const [host, port] = process.argv[2].split(":");
const socket = dgram.createSocket("udp4");
socket.on("message", (data, sender) => {
  console.log(`[${sender.address}:${sender.port}] ${data}`);
  if (data === "88") socket.close();
});
socket.on("listening", () => console.error(`listening on ${host}:${port}`));
socket.bind(Number(port), host);

// What the kernels hold at this moment: the buffers of a connection's two sockets, and the lines of `ss -tan`.

import { drawStates } from "./diagram.js";
import { element, visible } from "./dom.js";
import { say, sayBytes } from "./say.js";
import { sideName } from "./wording.js";

const NAMES = ["of-caller", "of-waiting"];

/** The two ends of a connection: the caller's socket and the waiting side's. */
export function endsOf(run, sockets, index) {
  return index === undefined ? [] : run.connections[index].sockets.map((socket) => sockets[socket]);
}

/** Shows what was sent in each direction, and how far it has got. */
export function showBuffers(place, ends) {
  const isKnown = ends.some((end) => end?.sent !== undefined);
  const flows = [0, 1].filter((side) => isKnown && ends[side]).map((side) => flow(side, ends[side], ends[1 - side]));
  const legend = element("p", { class: "legend dim" });
  for (const name of ["done", "here", "way"])
    legend.append(element("span", { class: `sample ${name}` }), ` ${say(`bar.${name}`)} `);
  place.replaceChildren(
    ...(flows.length > 0 ? [...flows, legend] : [element("p", { class: "dim" }, say("no.connection"))]),
  );
}

function flow(side, sender, receiver = {}) {
  const [us, them] = [sideName(side), sideName(1 - side)];
  const waits = waitingToBeRead(receiver);
  const sent = say(sender.protocol === "tcp" ? "flow.tcp" : "flow.udp", { us, ...known(sender) });
  const arrived = say("flow.arrived", { them, ...known({ ...receiver, waits }) });
  const made = element(
    "div",
    { class: `flow ${NAMES[side]}` },
    element("p", {}, element("b", {}, say("flow", { us, them }))),
  );
  made.append(bar(sender, receiver), element("p", {}, sent), element("p", {}, arrived));
  if (receiver.queue) {
    const queue = receiver.queue.map((bytes) => sayBytes(bytes)).join(", ") || say("queue.none");
    made.append(element("p", {}, say("queue", { queue })));
  }
  return made;
}

function known(socket) {
  return Object.fromEntries(Object.entries(socket).filter(([, value]) => typeof value === "number"));
}

/** The bytes that lie in a receive buffer; unknown where nobody reports the reads. */
export function waitingToBeRead({ arrived, read }) {
  return arrived === undefined || read === undefined ? undefined : Math.max(arrived - read, 0);
}

/** All bytes of a direction in one bar: read, waiting in the receive buffer, on the way, not sent yet. */
function bar(sender, receiver) {
  const all = Math.max(sender.given ?? 0, sender.sent ?? 0, receiver.arrived ?? 0);
  const arrived = receiver.arrived ?? 0;
  const read = Math.min(receiver.read ?? arrived, arrived);
  const parts = [
    ["done", read],
    ["here", arrived - read],
    ["way", all - arrived],
  ];
  const made = element("div", { class: "bar", "aria-hidden": "true" });
  for (const [name, bytes] of parts.filter(([, bytes]) => bytes > 0)) {
    const part = element("span", { class: name });
    part.style.flexGrow = bytes / all;
    made.append(part);
  }
  return made;
}

/** Shows the states of a connection; before it begins, the listener's. */
export function showStates(place, data, ends, sockets) {
  const listener = sockets.find(({ state }) => state === "LISTEN");
  const shown = ends.some((end) => end?.state) ? ends : [undefined, listener];
  if (ends[0]?.protocol === "udp") place.replaceChildren(element("p", { class: "dim" }, say("no.states")));
  else drawStates(place, data, shown.map(fromTheBeginning));
}

const BEGINNINGS = { LISTEN: ["CLOSED"], SYN_SENT: ["CLOSED"], SYN_RECV: ["CLOSED", "LISTEN"] };

/** A socket's way begins in CLOSED; that of an accepted one with the listener's. */
export function fromTheBeginning(end) {
  const before = BEGINNINGS[end?.way[0]] ?? [];
  return end && { ...end, way: [...before, ...end.way] };
}

const COLUMNS = ["State", "Recv-Q", "Send-Q", "Local Address:Port", "Peer Address:Port"];

/** The lines that `ss -tan` would print, the first one with the names of the columns. */
export function ssLines(data, sockets) {
  const shown = sockets.filter(({ protocol, state }) => protocol === "tcp" && state && state !== "CLOSED");
  const rows = shown.map((socket) => [
    data.states.find(({ name }) => name === socket.state)?.ss ?? socket.state,
    String(socket.recv_q ?? say("unknown")),
    String(socket.send_q ?? say("unknown")),
    socket.local,
    socket.peer ?? (socket.local.startsWith("[") ? "[::]:*" : "0.0.0.0:*"),
  ]);
  const all = [COLUMNS, ...rows];
  const widths = COLUMNS.map((_, column) => Math.max(...all.map((cells) => cells[column].length)));
  return all.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]))
      .join(" ")
      .trimEnd(),
  );
}

/** Shows these lines. */
export function showSs(place, data, sockets) {
  const lines = ssLines(data, sockets);
  const text = lines.length > 1 ? lines.join("\n") : `${lines[0]}\n${say("ss.none")}`;
  place.replaceChildren(element("pre", { tabindex: 0, "aria-label": say("ss"), lang: "en" }, visibleLines(text)));
}

function visibleLines(text) {
  return text.split("\n").map(visible).join("\n");
}

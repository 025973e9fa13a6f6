// The words of a row: the same in the ladder, beside it, and for a screen reader.

import { visible } from "./dom.js";
import { labelOf } from "./run.js";
import { say, sayBytes } from "./say.js";

const MARKS = { command: "$", typed: ">", key: "^", status: "–", return: "↳", ended: "■", looked: "=" };

/** The name of a side. */
export function sideName(side) {
  return say(side === 0 ? "caller" : "waiting");
}

/** What stands before the text of a row that is beside the packets: who, and what kind of thing it is. */
export function markOf(run, row) {
  const program = run.programs[row.program];
  const who = program?.labelled ? `${program.name} ` : "";
  if (row.kind !== "call") return who + (MARKS[row.kind] ?? "");
  return row.number === undefined ? `${who}${row.call}` : `${who}${row.number}. ${row.call}`;
}

/** The text of a row. `bare` leaves out what the program says about a call: it may know what comes next. */
export function textOf(row, bare) {
  if (row.kind === "phase")
    return ["handshake", "data", "close"].includes(row.text) ? say(`phase.${row.text}`) : row.text;
  if (!bare || row.kind !== "call") return visible(row.text ?? "");
  const facts = [row.peer, row.bytes === undefined ? undefined : sayBytes(row.bytes)];
  return facts.filter((fact) => fact !== undefined).join(", ");
}

/** What a packet is, and its numbers: `["SYN+ACK", "seq 0 ack 1"]`. */
export function packetWords(run, row) {
  const { head, seq, ack, length, protocol } = row.packet;
  const label = labelOf(run, row);
  const numbers = [];
  if (label) numbers.push(`(${label})`);
  if (seq !== undefined) numbers.push(`seq ${seq}`);
  if (ack !== undefined) numbers.push(`ack ${ack}`);
  if (protocol === "udp" || (protocol === "tcp" && length > 0)) numbers.push(sayBytes(length));
  if (row.packet.lost) numbers.push(`✗ ${say("lost")}`);
  return [visible(head), visible(numbers.join(" "))];
}

/** The states that a row leads to: `[[0, "SYN_SENT"]]` for the caller. */
export function newStates(run, row) {
  const changes = row.packet ? (row.now ?? []) : [];
  return changes
    .map(([index, change]) => [run.sockets[index].end, change.state])
    .filter(([end, state]) => end !== undefined && typeof state === "string");
}

/** A row in one sentence. */
export function describe(run, row, bare = false) {
  if (row.kind === "packet") {
    const payload = row.packet.payload === undefined ? "" : ` ${visible(row.packet.payload)}`;
    return `${direction(row)}: ${packetWords(run, row).join(" ")}${payload}`;
  }
  const who = row.side === undefined ? "" : `${sideName(row.side)}: `;
  const text = [markOf(run, row), textOf(row, bare)].filter(Boolean).join(" ");
  return who + (row.kind === "phase" || row.kind === "note" ? textOf(row, bare) : text);
}

/** From whom to whom a packet goes. */
export function direction(row) {
  if (row.side === undefined) return `${row.packet.from} → ${row.packet.to}`;
  return say("sends", { us: sideName(row.side), them: sideName(1 - row.side) });
}

/** The states that a row leads to, in sentences. */
export function describeStates(run, row) {
  return newStates(run, row).map(([end, state]) => say("state.of", { us: sideName(end), state }));
}

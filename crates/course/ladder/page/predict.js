// Predictions: which rows are asked for, what is right, and what is asked again.

import { rowAt } from "./run.js";

/** What can be asked for: nothing, packets of handshake and close, all packets, returns of calls. */
export const KINDS = ["off", "ends", "packets", "returns"];

const ENDS = new Set(["acks-syn", "acks-fin"]);
const JUDGED = ["SYN", "FIN", "RST", "ACK"];

/** Is a row asked for? */
export function isAskedFor(kind, row) {
  if (kind === "returns") return row.returns !== undefined;
  if (kind === "off" || row.kind !== "packet") return false;
  return kind === "packets" || isOfHandshakeOrClose(row);
}

function isOfHandshakeOrClose({ packet, why }) {
  const flags = packet.flags ?? [];
  const isAnswer = packet.length === 0 && (why ?? []).some(({ is }) => ENDS.has(is));
  return isAnswer || flags.some((flag) => ["SYN", "FIN", "RST"].includes(flag));
}

/** A new game: nothing has been answered. */
export function makeGame(run, kind) {
  const asked = run.rows.map((row, index) => [row, index + 1]).filter(([row]) => isAskedFor(kind, row));
  return { run, kind, asked: asked.map(([, number]) => number), first: new Map(), again: [], repeating: 0 };
}

/** The next row after this one that must be answered before anybody sees it. */
export function nextAsked(game, number) {
  if (game.repeating) return game.repeating;
  return game.asked.find((asked) => asked > number && !game.first.has(asked));
}

/** Notes an answer. What was wrong comes again. */
export function note(game, number, isRight) {
  const isFirst = !game.first.has(number);
  if (isFirst) game.first.set(number, isRight);
  else game.again = game.again.filter((other) => other !== number);
  game.repeating = 0;
  if (!isRight) game.again.push(number);
}

/** Everything was asked once: is there something to repeat? Returns its row, or 0. */
export function repeat(game) {
  const isThrough = game.first.size === game.asked.length;
  game.repeating = (isThrough && game.again[0]) || 0;
  return game.repeating;
}

/** How it goes: how many answers there were, how many were right at once, how many will come again. */
export function score(game) {
  const right = [...game.first.values()].filter(Boolean).length;
  return { asked: game.first.size, right, again: game.again.length };
}

/** The calls that wait before this row: a thread does one thing at a time. What looks the same is there once. */
export function waitingCalls(run, number) {
  const waiting = callsByThread(run, number);
  const shown = new Map([...waiting.values()].map((call) => [choiceOf(call), call]));
  const returned = callOfReturn(run, number);
  shown.set(choiceOf(returned), returned);
  return [...shown.values()].sort((one, two) => choiceOf(one).localeCompare(choiceOf(two)));
}

function callsByThread(run, number) {
  const last = new Map();
  for (const row of run.rows.slice(0, number - 1)) {
    const thread = threadOf(row);
    if (row.kind === "call") last.set(thread, row);
    else if (row.returns || row.kind === "ended") last.delete(thread);
  }
  return last;
}

/** The call that returns: its thread's; or, of several threads of which one has said it for all, that one's. */
function callOfReturn(run, number) {
  const row = rowAt(run, number);
  const waiting = callsByThread(run, number);
  const isIt = (call) => call?.call === row.returns.call && call.program === row.program;
  const own = waiting.get(threadOf(row));
  const known = isIt(own) ? own : [...waiting.values()].find(isIt);
  return known ?? { side: row.side, program: row.program, call: row.returns.call };
}

function threadOf(row) {
  return `${row.program} ${row.thread ?? ""}`;
}

/** The right answer: the parts that are asked for, each with its value. */
export function solution(run, number) {
  const row = rowAt(run, number);
  if (row.returns) return solutionOfReturn(run, number);
  const { protocol, flags, seq, ack, length } = row.packet;
  const who = String(row.side);
  if (protocol !== "tcp") return { who, what: protocol, length: protocol === "udp" ? String(length) : "" };
  const judged = JUDGED.filter((flag) => flags.includes(flag)).join(" ");
  return { who, flags: judged, seq: String(seq), ack: ack === undefined ? "" : String(ack) };
}

function solutionOfReturn(run, number) {
  const { bytes, error } = rowAt(run, number).returns;
  const outcome = error === undefined ? "fine" : "error";
  return { which: choiceOf(callOfReturn(run, number)), outcome, bytes: bytes === undefined ? "" : String(bytes) };
}

/** The choice that stands for a waiting call. */
export function choiceOf(row) {
  return `${row.program} ${row.connection ?? ""} ${row.call}`;
}

/** Judges an answer, part by part. Where the right answer leaves a part empty, it is not asked for. */
export function judge(right, answer) {
  return Object.entries(right)
    .filter(([part, value]) => value !== "" || part === "flags")
    .map(([part, value]) => ({
      part,
      correct: value,
      given: answer[part] ?? "",
      isRight: same(part, value, answer[part] ?? ""),
    }));
}

function same(part, value, given) {
  if (part === "flags") return given.split(" ").sort().join(" ") === value.split(" ").sort().join(" ");
  const isNumber = /^\d+$/.test(value) && /^\s*\d+\s*$/.test(given);
  return isNumber ? Number(given) === Number(value) : given.trim() === value;
}

// The ladder: a row of the page for each row of the run. Rows are made once; a step touches only those that change.

import { element, visible } from "./dom.js";
import { isShown, labelOf, rowAt } from "./run.js";
import { duration, say } from "./say.js";
import { direction, markOf, newStates, packetWords, sideName, textOf } from "./wording.js";

const LONG = 500; // rows
const CHUNK = 100; // rows that are laid out together: a step changes one chunk, however many there are

/** A ladder in this list. */
export function makeLadder(list) {
  return { list, run: null, rows: [], chunks: [], present: 0, future: 0, now: null, bare: false };
}

/** Begins with a run, or again with other words. `bare`: calls show facts only. */
export function fillLadder(ladder, run, bare) {
  Object.assign(ladder, { run, rows: [], chunks: [], present: 0, future: 0, now: null, bare });
  ladder.list.replaceChildren();
  ladder.list.classList.toggle("long", run.rows.length > LONG);
}

/**
 * Shows the rows up to `last` with `now` as the current one. What comes later is not in the page at all, or pale.
 * `isAsked` adds a row with a question mark.
 */
export function showRows(ladder, now, last, { view, isPale, isAsked }) {
  ladder.question?.remove();
  setPresent(ladder, isPale ? ladder.run.rows.length : last, view);
  setFuture(ladder, last);
  const row = ladder.rows[now] ?? null;
  ladder.now?.classList.remove("now");
  ladder.now?.removeAttribute("aria-current");
  row?.classList.add("now");
  row?.setAttribute("aria-current", "step");
  ladder.now = row;
  if (isAsked) ladder.list.append(questionRow(ladder));
  (isAsked ? ladder.question : row)?.scrollIntoView({ block: "nearest" });
}

/** Hides and shows rows after the view was changed. */
export function filterRows(ladder, view, asked) {
  ladder.rows.forEach((row, number) => {
    row.hidden = !(isShown(rowAt(ladder.run, number), view) || asked(number));
  });
}

function setPresent(ladder, count, view) {
  for (let number = ladder.present + 1; number <= count; number += 1) {
    chunkOf(ladder, number).append(rowFor(ladder, number, view));
  }
  for (let number = ladder.present; number > count; number -= 1) ladder.rows[number].remove();
  for (const chunk of ladder.chunks.splice(Math.ceil(count / CHUNK))) chunk.remove();
  ladder.present = count;
}

function chunkOf(ladder, number) {
  const index = Math.floor((number - 1) / CHUNK);
  if (!ladder.chunks[index]) {
    ladder.chunks[index] = element("div", { class: "chunk", role: "none" });
    ladder.list.append(ladder.chunks[index]);
  }
  return ladder.chunks[index];
}

/** All rows after `last` are pale. */
function setFuture(ladder, last) {
  const before = ladder.future;
  const [from, to] = [Math.min(last, before), Math.max(last, before)];
  for (let number = from + 1; number <= Math.min(to, ladder.present); number += 1) {
    ladder.rows[number].classList.toggle("future", number > last);
  }
  ladder.future = last;
}

function rowFor(ladder, number, view) {
  if (!ladder.rows[number]) {
    const made = makeRow(ladder.run, number, ladder.bare);
    made.hidden = !isShown(rowAt(ladder.run, number), view);
    ladder.rows[number] = made;
  }
  ladder.rows[number].classList.toggle("future", number > ladder.future);
  return ladder.rows[number];
}

function questionRow(ladder) {
  ladder.question ??= element(
    "div",
    { class: "row asked", role: "listitem" },
    cell("time"),
    cell("left"),
    cell("wire", element("b", {}, "?")),
    cell("right"),
  );
  return ladder.question;
}

function makeRow(run, number, bare) {
  const row = rowAt(run, number);
  const item = element("div", { class: `row ${row.kind}`, role: "listitem", "data-number": number });
  if (row.kind === "packet") fillPacket(item, run, row);
  else if (row.kind === "phase") item.append(cell("time"), cell("left"), phaseCell(run, row), cell("right"));
  else if (row.kind === "note") item.append(cell("time"), cell("wire"), cell("across", noteText(run, row)));
  else fillBeside(item, run, row, bare);
  return item;
}

function fillPacket(item, run, row) {
  const [head, numbers] = packetWords(run, row);
  const side = row.side === undefined ? "" : ["from-left", "from-right"][row.side];
  if (side) item.classList.add(side);
  item.classList.toggle("lost", row.packet.lost === true);
  const states = ["left", "right"].map((name) => cell(name));
  for (const [end, state] of newStates(run, row)) {
    states[end].append(
      element("span", { class: "unseen" }, `${sideName(end)}: `),
      element("span", { class: "state" }, state),
      " ",
    );
  }
  const wire = cell(
    "wire",
    element("span", { class: "unseen" }, `${direction(row)}: `),
    element("span", { class: "words" }, element("b", {}, head), ` ${numbers}`),
    side ? element("span", { class: "arrow" }) : null,
  );
  if (row.packet.payload !== undefined) wire.append(element("span", { class: "payload" }, visible(row.packet.payload)));
  item.append(timeCell(row), states[0], wire, states[1]);
}

function fillBeside(item, run, row, bare) {
  const side = row.side ?? 0;
  const text = textOf(row, bare);
  item.classList.add("beside");
  const said = element(
    "span",
    { class: "said" },
    element("span", { class: "unseen" }, `${sideName(side)}: `),
    element("span", { class: "mark" }, markOf(run, row)),
    text && `${row.kind === "call" ? "  " : " "}${text}`,
  );
  const [left, right] = side === 0 ? [said, null] : [null, said];
  item.append(timeCell(row), cell("left", left), cell("wire"), cell("right", right));
}

function phaseCell(run, row) {
  const label = labelOf(run, row);
  return cell("wire", element("b", {}, textOf(row, false) + (label && `, ${label}`)));
}

function noteText(run, row) {
  const label = labelOf(run, row);
  return (label && `${label}: `) + visible(row.text);
}

function timeCell(row) {
  const title = say("at", { time: duration(row.at) });
  return element("span", { class: "time", title }, (row.at / 1e6).toFixed(2));
}

function cell(name, ...children) {
  return element("span", { class: name }, ...children);
}

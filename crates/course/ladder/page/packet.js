// A packet beside the ladder: its numbers, its bytes, and the fields of its headers. Pointing at a field shows its bytes,
// and pointing at a byte shows its field; so do the arrow keys.

import { element, visible } from "./dom.js";
import { bytesOf, fieldsOf } from "./fields.js";
import { say, sayBytes } from "./say.js";

const TINTS = 6;

/** Shows a packet in this place. */
export function showPacket(place, data, packet) {
  if (!packet) {
    place.replaceChildren(element("p", { class: "dim" }, say("no.packet")));
    return;
  }
  const bytes = bytesOf(packet.hex);
  const fields = fieldsOf(data, packet).map((one, index) => ({ ...one, tint: `tint-${index % TINTS}` }));
  const marks = [];
  const dump = makeDump(bytes, fields, marks);
  const list = makeList(fields, marks);
  place.replaceChildren(...[numbersOf(packet), dump, cutNote(bytes, fields, packet), list].filter(Boolean));
  for (const group of [dump, list]) listenTo(group, marks);
}

function numbersOf(packet) {
  if (packet.seq === undefined) return null;
  const [realSeq, realAck] = packet.raw;
  const rows = [
    ["seq", packet.seq, realSeq],
    ["ack", packet.ack, packet.ack === undefined ? undefined : realAck],
    ["window", sayBytes(packet.scaled ?? packet.window), packet.window],
  ];
  const line = ([name, relative, value]) => {
    const cells = [relative ?? "–", value ?? "–"].map((text) => element("td", { class: "number" }, String(text)));
    return element("tr", {}, element("th", { scope: "row" }, say(name)), ...cells);
  };
  const heads = ["number", "real"].map((key) => element("th", { scope: "col" }, say(key)));
  return element("table", {}, element("tr", {}, element("td"), ...heads), ...rows.map(line));
}

/** Sixteen bytes in a line. The first byte of each field can be reached with the keyboard. */
function makeDump(bytes, fields, marks) {
  const dump = element("div", { class: "bytes", role: "group", "aria-label": say("bytes.label") });
  const owners = bytes.map((_, at) => fields.findIndex(({ from, to }) => from <= at && at < to));
  bytes.forEach((byte, at) => {
    // Where there is room, only every second offset is shown.
    const place = at % 16 === 0 ? "offset" : "offset half";
    if (at % 8 === 0) dump.append(element("span", { class: place }, at.toString(16).padStart(4, "0")));
    dump.append(byteAt(byte, at, owners, fields, marks));
  });
  return dump;
}

function byteAt(byte, at, owners, fields, marks) {
  const owner = owners[at];
  const text = byte.toString(16).padStart(2, "0");
  if (owner < 0) return element("span", { class: "byte" }, text);
  const isFirst = owners[at - 1] !== owner;
  const { field, value, tint } = fields[owner];
  const made = isFirst
    ? element(
        "button",
        { type: "button", class: `byte ${tint}`, "aria-label": `${text}: ${field.name} ${value}` },
        text,
      )
    : element("span", { class: `byte ${tint}` }, text);
  if (isFirst) made.tabIndex = at === 0 ? 0 : -1;
  fields.forEach(({ from, to }, index) => {
    if (from <= at && at < to) marks.push({ shown: made, index });
  });
  return made;
}

function makeList(fields, marks) {
  const list = element("ul", { class: "fields", "aria-label": say("fields.label") });
  let header = "";
  fields.forEach(({ field, value, tint }, index) => {
    if (field.header !== header) list.append(element("li", { class: "header" }, field.header));
    header = field.header;
    const item = element(
      "li",
      { class: tint, tabindex: index === 0 ? 0 : -1 },
      element("b", {}, field.name),
      " ",
      element("span", { class: "number" }, visible(value)),
      field.note ? ` · ${field.note}` : "",
      " ",
      element("span", { class: "rfc" }, field.rfc),
    );
    marks.push({ shown: item, index });
    list.append(item);
  });
  return list;
}

function cutNote(bytes, fields, packet) {
  const kept = bytes.length - (fields.at(-1)?.to ?? 0);
  if (packet.length === 0) return null;
  const cut = kept < packet.length ? ` ${say("cut", { kept, all: packet.length })}` : "";
  const text = packet.payload === undefined ? sayBytes(packet.length) : visible(packet.payload);
  return element("p", {}, element("b", {}, `${say("payload")}: `), text, element("span", { class: "dim" }, cut));
}

function listenTo(group, marks) {
  const light = (target) => {
    const pointed = marks.filter(({ shown }) => shown === target.closest?.("li, .byte")).map(({ index }) => index);
    for (const { shown } of marks) shown.classList.remove("lit");
    for (const { shown, index } of marks) if (pointed.includes(index)) shown.classList.add("lit");
  };
  group.addEventListener("pointerover", (event) => light(event.target));
  group.addEventListener("pointerleave", () => light(group));
  group.addEventListener("focusin", (event) => light(event.target));
  group.addEventListener("focusout", () => light(group));
  group.addEventListener("click", (event) => event.target.closest("[tabindex]")?.focus());
  group.addEventListener("keydown", (event) => moveFocus(group, event));
}

/** The arrow keys go from field to field; the whole group is one stop of Tab. */
function moveFocus(group, event) {
  const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity };
  const step = steps[event.key];
  if (event.key === "Escape") document.getElementById("ladder").focus();
  if (step === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
  const items = [...group.querySelectorAll("[tabindex]")];
  const at = items.indexOf(document.activeElement);
  const next = items[Math.min(Math.max(at + step, 0), items.length - 1)];
  for (const item of items) item.tabIndex = item === next ? 0 : -1;
  next?.focus();
  event.preventDefault();
  event.stopPropagation();
}

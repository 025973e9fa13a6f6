// What is beside the ladder: the current event, its connection's sockets, its packet. A part that is folded costs nothing.

import { byId, element, visible } from "./dom.js";
import { showPacket } from "./packet.js";
import { reasons } from "./reasons.js";
import { connectionAt, rowAt, seenWith, socketsAt } from "./run.js";
import { duration, say } from "./say.js";
import { endsOf, showBuffers, showSs, showStates } from "./sockets.js";
import { describe } from "./wording.js";

/** Shows everything about the event at a row; 0 is before the first. */
export function showBeside(run, number, bare) {
  const row = rowAt(run, number);
  showNow(run, row, number, bare);
  byId("packet-part").hidden = !row?.packet;
  unlessFolded("packet", (place) => showPacket(place, run.data, row?.packet));
  const sockets = socketsAt(run, number);
  const ends = endsOf(run, sockets, connectionAt(run, number));
  unlessFolded("buffers", (place) => showBuffers(place, ends));
  unlessFolded("states", (place) => showStates(place, run.data, ends, sockets));
  unlessFolded("ss", (place) => showSs(place, run.data, sockets));
}

function unlessFolded(id, show) {
  const place = byId(id);
  const part = place.closest("details");
  if (part.open && !part.hidden) show(place);
  else place.replaceChildren();
}

function showNow(run, row, number, bare) {
  const place = byId("now");
  if (!row) {
    place.replaceChildren();
    return;
  }
  const why = reasons(run, row).map((text) => element("p", {}, text));
  const notes = run.rows
    .slice(number, seenWith(run, number))
    .map(({ text }) => element("p", { class: "remark", lang: "en" }, visible(text)));
  const time = element("p", { class: "dim" }, say("at", { time: duration(row.at) }));
  place.replaceChildren(element("h2", {}, describe(run, row, bare)), time, ...why, ...notes);
}

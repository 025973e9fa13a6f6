// The state diagram of RFC 9293, figure 5, with both ends of a connection in it and the way that they have taken.

import { drawn, element } from "./dom.js";
import { say } from "./say.js";
import { sideName } from "./wording.js";

const BOX = { width: 94, height: 28 };

/** Where the states stand, as in the figure. CLOSED is there twice: before and after. */
const PLACES = {
  CLOSED: [200, 24],
  LISTEN: [200, 92],
  SYN_RECV: [52, 170],
  SYN_SENT: [370, 170],
  ESTABLISHED: [200, 248],
  FIN_WAIT_1: [52, 326],
  CLOSE_WAIT: [370, 326],
  FIN_WAIT_2: [52, 400],
  CLOSING: [200, 400],
  LAST_ACK: [370, 400],
  TIME_WAIT: [200, 474],
  END: [370, 474],
};

/** The arrows of the figure: where they bend; where their words stand, and on which side of that point. */
const ARROWS = {
  "CLOSED LISTEN": ["M190 38 V78", 184, 54, "end"],
  "LISTEN CLOSED": ["M210 78 V38", 216, 54, "start"],
  "CLOSED SYN_SENT": ["M247 18 H400 V156", 394, 46, "end"],
  "SYN_SENT CLOSED": ["M350 156 V30 H247", 344, 78, "end"],
  "LISTEN SYN_RECV": ["M153 86 H36 V156", 42, 70, "start"],
  "SYN_RECV LISTEN": ["M66 156 V100 H153", 72, 116, "start"],
  "LISTEN SYN_SENT": ["M247 100 H325 V156", 319, 122, "end"],
  "SYN_SENT SYN_RECV": ["M323 170 H99", 211, 164, "middle", 16],
  "SYN_RECV ESTABLISHED": ["M66 184 V244 H153", 72, 218, "start"],
  "SYN_SENT ESTABLISHED": ["M350 184 V244 H247", 344, 214, "end"],
  "SYN_RECV FIN_WAIT_1": ["M36 184 V312", 42, 276, "start"],
  "ESTABLISHED FIN_WAIT_1": ["M186 262 V320 H99", 180, 290, "end"],
  "ESTABLISHED CLOSE_WAIT": ["M214 262 V320 H323", 220, 290, "start"],
  "FIN_WAIT_1 FIN_WAIT_2": ["M36 340 V386", 42, 366, "start"],
  "FIN_WAIT_1 CLOSING": ["M99 332 H200 V386", 194, 352, "end"],
  "CLOSE_WAIT LAST_ACK": ["M370 340 V386", 364, 358, "end"],
  "FIN_WAIT_2 TIME_WAIT": ["M52 414 V474 H153", 58, 440, "start"],
  "CLOSING TIME_WAIT": ["M200 414 V460", 206, 440, "start"],
  "TIME_WAIT CLOSED": ["M247 474 H323", 285, 500, "middle"],
  "LAST_ACK CLOSED": ["M370 414 V460", 364, 432, "end"],
};

/** Draws it for the two ends of a connection; an end that isn't known is undefined. */
export function drawStates(place, data, ends) {
  const picture = drawn("svg", { viewBox: "-5 0 434 514", role: "img", "aria-label": spoken(data, ends) });
  picture.append(arrowHeads());
  const arrows = Object.keys(ARROWS);
  picture.append(
    ...arrows.flatMap((name) => drawArrow(name, ends)),
    ...arrows.flatMap((name) => drawWords(data, name)),
  );
  ends.forEach((end, side) => {
    picture.append(...detours(end).map((d) => wayPath(d, side, "went detour")));
  });
  for (const name of Object.keys(PLACES)) picture.append(drawState(data, name, ends));
  const lines = ends.map((end, side) => (end?.state ? stateLine(data, end, side) : null));
  place.replaceChildren(...lines.filter(Boolean), picture);
}

function stateLine(data, end, side) {
  const names = end.way.map((state) => rfcName(data, state));
  const line = element(
    "p",
    { class: `steps ${["of-caller", "of-waiting"][side]}` },
    element("b", {}, `${sideName(side)}: `),
  );
  line.append(
    names
      .slice(0, -1)
      .map((name) => `${name} → `)
      .join(""),
    element("b", {}, names.at(-1)),
  );
  return line;
}

function spoken(data, ends) {
  const known = ends.map(
    (end, side) => end?.state && say("state.of", { us: sideName(side), state: rfcName(data, end.state) }),
  );
  return `${say("states")}. ${known.filter(Boolean).join(". ")}`;
}

function rfcName(data, state) {
  return data.states.find(({ name }) => name === state)?.rfc ?? state;
}

/** The steps of a way: `["CLOSED SYN_SENT", …]`. */
export function stepsOf(way) {
  return way.slice(1).map((state, index) => `${way[index]} ${state}`);
}

/** Where an end is in the figure: a connection that is over is in the lower CLOSED. */
export function placeOfState(end) {
  return end.state === "CLOSED" && end.way.length > 1 ? "END" : end.state;
}

function drawArrow(name, ends) {
  const [d] = ARROWS[name];
  const went = ends.flatMap((end, side) => (end && stepsOf(end.way).includes(name) ? [side] : []));
  // Both have gone it: two lines side by side.
  const ways = went.map((side, index) => wayPath(d, side, "went", index * 4 - (went.length - 1) * 2));
  return [drawn("path", { d, "marker-end": "url(#head)" }), ...ways];
}

function drawWords(data, name) {
  const [, x, y, anchor, gap = 10.5] = ARROWS[name];
  const [from, to] = name.split(" ");
  const known = data.transitions.find((one) => one.from === from && one.to === to && one.note === undefined);
  const lines = [known?.event, known?.action].filter(Boolean);
  return lines.map((line, index) => drawn("text", { class: `why ${anchor}`, x, y: y + index * gap }, line));
}

function wayPath(d, side, name, shift = 0) {
  const sideClass = ["caller", "waiting"][side];
  return drawn("path", {
    d,
    class: `${name} ${sideClass}`,
    transform: `translate(${shift} ${shift})`,
    "marker-end": "url(#head)",
  });
}

/** Steps that the figure has no arrow for, such as an RST: straight lines. */
function detours(end) {
  if (!end) return [];
  return stepsOf(end.way)
    .filter((step) => !ARROWS[step])
    .map((step) => {
      const [from, to] = step.split(" ").map((name) => PLACES[name]);
      const target = step.endsWith(" CLOSED") ? PLACES.END : to;
      return from && target ? `M${from.join(" ")} L${target.join(" ")}` : "";
    });
}

function drawState(data, name, ends) {
  const [x, y] = PLACES[name];
  const here = ends.flatMap((end, side) => (end?.state && placeOfState(end) === name ? [side] : []));
  const sides = here.map((side) => ["caller", "waiting"][side]);
  const box = { x: x - BOX.width / 2, y: y - BOX.height / 2, rx: 5, ...BOX };
  const group = drawn("g", { class: `node ${sides.join(" ")}` }, drawn("rect", box));
  group.append(drawn("text", { x, y: y + 4.5 }, rfcName(data, name === "END" ? "CLOSED" : name)));
  // The caller is on the left, as in the ladder.
  for (const side of here) {
    const cx = x + (side === 0 ? -1 : 1) * (BOX.width / 2 + 2);
    group.append(drawn("circle", { cx, cy: y, r: 6, class: ["caller", "waiting"][side] }));
  }
  return group;
}

function arrowHeads() {
  const shape = drawn("path", { d: "M0 0 L6 3 L0 6 z" });
  const marker = {
    id: "head",
    markerWidth: 7,
    markerHeight: 7,
    refX: 5.5,
    refY: 3,
    orient: "auto",
    markerUnits: "userSpaceOnUse",
  };
  return drawn("defs", {}, drawn("marker", marker, shape));
}

// The question: a form beside the ladder, that knows nothing about the answer until it is given.

import { element } from "./dom.js";
import { choiceOf, judge, score, solution, waitingCalls } from "./predict.js";
import { reasons } from "./reasons.js";
import { labelOf, rowAt } from "./run.js";
import { say } from "./say.js";
import { describe, sideName } from "./wording.js";

/** Asks for a row. `answered` gets whether the answer was right; `goOn` comes after the explanation. */
export function ask(form, game, number, { answered, goOn }) {
  const { run } = game;
  const isReturn = rowAt(run, number).returns !== undefined;
  const parts = isReturn ? partsOfReturn(run, number) : partsOfPacket(run, number);
  const unknown = element("button", { type: "button" }, say("show.me"));
  const buttons = element("p", {}, element("button", { type: "submit" }, say("answer")), " ", unknown);
  form.replaceChildren(heading(game, number, isReturn), ...parts, buttons, scoreLine(game));
  const close = (answer) => {
    const judged = judge(solution(run, number), answer);
    answered(judged.every(({ isRight }) => isRight));
    explain(form, game, number, judged, goOn);
  };
  form.onsubmit = (event) => {
    event.preventDefault();
    close(answerOf(form));
  };
  unknown.onclick = () => close({});
}

function heading(game, number, isReturn) {
  // Of a return that would be an answer.
  const label = isReturn ? "" : labelOf(game.run, rowAt(game.run, number));
  const made = element("div", {}, element("h2", { tabindex: -1 }, say(isReturn ? "ask.return" : "ask.packet")));
  if (label) made.append(element("p", {}, say("ask.on", { name: label })));
  if (game.repeating) made.append(element("p", { class: "dim" }, say("asked.again")));
  return made;
}

/** What is asked depends on the protocol alone. */
function partsOfPacket(run, number) {
  const isTcp = rowAt(run, number).packet.protocol === "tcp";
  const who = choices("who", "who", [
    ["0", sideName(0)],
    ["1", sideName(1)],
  ]);
  if (!isTcp) {
    const what = ["udp", "icmp", "other"].map((kind) => [kind, say(`what.${kind}`)]);
    return [who, choices("what", "what", what), numberInputs([["length", "length.ask"]])];
  }
  const flags = ["SYN", "ACK", "FIN", "RST"].map((flag) => [flag, flag]);
  const asked = [
    ["seq", "seq.ask"],
    ["ack", "ack.ask"],
  ];
  return [who, choices("flags", "flags", flags, "checkbox"), numberInputs(asked)];
}

function partsOfReturn(run, number) {
  const calls = waitingCalls(run, number).map((row) => [choiceOf(row), callName(run, row)]);
  const outcome = ["fine", "error"].map((name) => [name, say(`outcome.${name}`)]);
  return [
    choices("which", "which", calls),
    choices("outcome", "outcome", outcome),
    numberInputs([["bytes", "bytes.ask"]]),
  ];
}

function choices(name, key, values, type = "radio") {
  const labels = values.map(([value, text]) =>
    element("label", {}, element("input", { type, name, value }), ` ${text}`),
  );
  return element("fieldset", {}, element("legend", {}, say(key)), ...labels);
}

function numberInputs(asked) {
  const labels = asked.map(([name, key]) => {
    const input = element("input", { type: "text", name, inputmode: "numeric", autocomplete: "off", size: 8 });
    return element("label", {}, `${say(key)} `, input);
  });
  return element("fieldset", {}, ...labels);
}

function answerOf(form) {
  const answer = {};
  for (const [name, value] of new FormData(form)) answer[name] = answer[name] ? `${answer[name]} ${value}` : value;
  return answer;
}

function explain(form, game, number, judged, goOn) {
  const row = rowAt(game.run, number);
  const isRight = judged.every((part) => part.isRight);
  const verdict = element(
    "h2",
    { class: isRight ? "right-answer" : "wrong-answer", tabindex: -1 },
    say(isRight ? "right" : "wrong"),
  );
  const parts = judged.map((part) =>
    element("li", { class: part.isRight ? "right-answer" : "wrong-answer" }, verdictOf(game, number, part)),
  );
  const why = reasons(game.run, row).map((text) => element("p", {}, text));
  const button = element("button", { type: "submit" }, say("go.on"));
  const what = element("p", {}, describe(game.run, row));
  form.replaceChildren(verdict, what, element("ul", {}, ...parts), ...why, element("p", {}, button), scoreLine(game));
  form.onsubmit = (event) => {
    event.preventDefault();
    goOn();
  };
  button.focus();
}

function verdictOf(game, number, { part, correct, given, isRight }) {
  const key = isRight ? "part.right" : "part.wrong";
  const facts = {
    part: say(partKey(part)),
    correct: valueText(game, number, part, correct),
    given: valueText(game, number, part, given),
  };
  return `${isRight ? "✓" : "✗"} ${say(key, facts)}`;
}

function partKey(part) {
  return { seq: "seq.ask", ack: "ack.ask", length: "length.ask", bytes: "bytes.ask" }[part] ?? part;
}

function valueText(game, number, part, value) {
  if (part === "flags") return value || say("flags.none");
  if (value === "") return say("given.none");
  if (part === "who") return value === "0" || value === "1" ? sideName(Number(value)) : say("unknown");
  if (part === "what") return say(`what.${value}`);
  if (part === "outcome") return say(`outcome.${value}`);
  if (part !== "which") return value;
  const call = waitingCalls(game.run, number).find((row) => choiceOf(row) === value);
  return call ? callName(game.run, call) : value.split(" ").at(-1);
}

/** A call that waits: whose it is, and on which connection, where there are several. */
function callName(run, row) {
  const program = run.programs[row.program];
  const who = program?.labelled ? `${sideName(row.side)}, ${program.name}` : sideName(row.side);
  const label = labelOf(run, row);
  return say("which.one", { who, call: label ? `${row.call} (${label})` : row.call });
}

function scoreLine(game) {
  const { asked, right, again } = score(game);
  const more = again > 0 ? `, ${say("score.again", { again })}` : "";
  return element("p", { class: "dim" }, asked > 0 ? say("score", { right, asked }) + more : "");
}

/** The end of the run, and of what was asked again. */
export function showDone(form, game) {
  const { asked, right } = score(game);
  const text = game.asked.length === 0 ? say("done.none") : say("done", { asked, right });
  form.replaceChildren(element("p", {}, text));
  form.onsubmit = (event) => event.preventDefault();
}

// The choices in the head of the page.

import { byId, element, visible } from "./dom.js";
import { KINDS } from "./predict.js";
import { connectionsUntil, nameOf } from "./run.js";
import { say } from "./say.js";
import { SPEEDS } from "./speed.js";

/** Writes the page's own words where they belong. */
export function writeWords() {
  for (const place of document.querySelectorAll("[data-word]")) place.textContent = say(place.dataset.word);
  for (const place of document.querySelectorAll("[data-label]")) {
    place.setAttribute("aria-label", say(place.dataset.label));
    if (place.matches("button")) place.title = say(place.dataset.label);
  }
  fillChoices(
    "predict",
    KINDS.map((kind) => [kind, say(`predict.${kind}`)]),
  );
  fillChoices(
    "future",
    ["pale", "hidden"].map((kind) => [kind, say(`future.${kind}`)]),
  );
  fillChoices(
    "speed",
    SPEEDS.map((speed) => [String(speed), say(`speed.${speed || "even"}`)]),
  );
}

/** Fills a menu; what was chosen stays chosen. */
export function fillChoices(id, values) {
  const menu = byId(id);
  const chosen = menu.value;
  menu.replaceChildren(...values.map(([value, text]) => element("option", { value }, text)));
  if (values.some(([value]) => value === chosen)) menu.value = chosen;
}

/** The runs of the page; one alone needs no menu. */
export function fillScenarios(scenarios) {
  fillChoices(
    "scenario",
    scenarios.map(({ id, title }) => [id, visible(title === id ? title : `${id}: ${title}`)]),
  );
  byId("scenario").closest("label").hidden = scenarios.length < 2;
  byId("title").classList.toggle("alone", scenarios.length < 2);
}

/** The connections that have begun: in a game, later ones are nobody's business yet. */
export function fillConnections(run, until) {
  const begun = connectionsUntil(run, until);
  const known = begun.map((index) => [
    String(index),
    visible(`${nameOf(run, index)} (${run.connections[index].caller})`),
  ]);
  const menu = byId("connection");
  if (menu.options.length !== known.length + 1) fillChoices("connection", [["", say("connection.all")], ...known]);
  menu.closest("label").hidden = known.length < 2;
}

/** What is chosen to be seen. */
export function chosenView() {
  const { value } = byId("connection");
  return {
    calls: byId("calls").checked,
    packets: byId("packets").checked,
    connection: value === "" ? null : Number(value),
  };
}

/** Links to the lesson of a run, in the page's language. Only the page with all runs lies beside the lessons. */
export function linkLesson({ lesson }, isAlone) {
  const link = byId("lesson");
  link.hidden = lesson === undefined || isAlone;
  const edition = document.documentElement.lang === "zh-CN" ? "zh-CN/" : "";
  if (!link.hidden) link.href = edition + lesson;
}

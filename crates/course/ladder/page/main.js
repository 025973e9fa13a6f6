// The player: one run at a time, one event after the other. See index.html for what is where.

import { readAddress, writeAddress } from "./address.js";
import { showBeside } from "./beside.js";
import { chosenView, fillConnections, fillScenarios, linkLesson, writeWords } from "./controls.js";
import { byId, visible } from "./dom.js";
import {
  answered,
  chooseStops,
  gapAfter,
  goTo,
  isDone,
  lastSeen,
  nextStop,
  questionAfter,
  startRun,
  step,
} from "./game.js";
import { fillLadder, filterRows, makeLadder, showRows } from "./ladder.js";
import { ask, showDone } from "./quiz.js";
import { makeRun, placeOf, rowAt } from "./run.js";
import { chooseLanguage, duration, say } from "./say.js";
import { waitFor } from "./speed.js";
import { describe, describeStates } from "./wording.js";

const data = JSON.parse(byId("data").textContent);
const query = new URLSearchParams(location.search);
const isSlide = query.has("slide");
const ladder = makeLadder(byId("rows"));
const runs = new Map();
let state;
let asking = 0; // the row that the form asks for
let timer = null; // of the player
let remembering = null; // of the address
let lastWasKey = false; // and not a pointer

function runOf(id) {
  const scenario = data.scenarios.find((one) => one.id === id) ?? data.scenarios[0];
  if (!runs.has(scenario.id)) runs.set(scenario.id, makeRun(scenario, data));
  return runs.get(scenario.id);
}

/** Opens a run at an event; null is its beginning. */
function open(id, number) {
  stop();
  const run = runOf(id);
  byId("scenario").value = run.id;
  byId("connection").replaceChildren();
  state = startRun(run, { ...chosenView(), connection: null }, byId("predict").value || "off");
  byId("title").textContent = visible(run.title);
  linkLesson(run, data.scenarios.length < 2);
  document.title = say("title", { title: visible(run.title) });
  fillLadder(ladder, run, state.game !== null);
  fillConnections(run, state.game ? 0 : run.rows.length);
  if (number !== null) goTo(state, number);
  render();
}

function render() {
  const { run, at, view } = state;
  const question = questionAfter(state);
  const isPale = !isSlide && state.game === null && byId("future").value === "pale";
  showRows(ladder, at, lastSeen(state), { view, isPale, isAsked: question > 0 });
  if (!isSlide) showBeside(run, at, state.game !== null);
  if (state.game) fillConnections(run, lastSeen(state));
  showQuestion(question);
  showPlace();
}

function showPlace() {
  const facts = { number: state.at, total: state.run.rows.length };
  byId("place").textContent = say(state.game ? "place.alone" : "place", facts);
  const isEnd = nextStop(state) === undefined;
  byId("ending").textContent = isEnd ? endingOf(state.run) : "";
  for (const id of ["first", "back"]) byId(id).disabled = placeOf(state.stops, state.at) < 1;
  for (const id of ["forward", "last"]) byId(id).disabled = isEnd && state.game === null;
}

function endingOf({ packets, lost, without_packets: why }) {
  if (why !== undefined) return say("ending.without", { why: visible(why) });
  return say(lost > 0 ? "ending.lost" : "ending", { packets, lost });
}

function showQuestion(question) {
  const form = byId("quiz");
  if (state.isExplaining) return;
  if (question === 0) {
    asking = 0;
    form.hidden = !isDone(state);
    if (!form.hidden) showDone(form, state.game);
  } else if (question !== asking) {
    asking = question;
    form.hidden = false;
    ask(form, state.game, question, { answered: judged, goOn: () => move(() => step(state, 1)) });
    form.closest("section").scrollTop = 0;
    enterForm();
  }
}

/** All by keyboard: the question can be answered at once, unless somebody is at one of the menus. */
function enterForm() {
  if (!document.activeElement?.matches("select")) byId("quiz").querySelector("input")?.focus();
}

function judged(isRight) {
  answered(state, asking, isRight);
  asking = 0;
  render();
  remember(false);
}

/** Changes where we are, and shows and says it. */
function move(change, isJump = false) {
  change();
  render();
  remember(isJump);
  const row = rowAt(state.run, state.at);
  const notes = state.run.rows.slice(state.at, lastSeen(state)).map(({ text }) => visible(text));
  const words = asking
    ? [byId("quiz").querySelector("h2").textContent]
    : [row ? describe(state.run, row, state.game !== null) : "", ...notes];
  const states = row && !asking ? describeStates(state.run, row) : [];
  byId("live").textContent = [byId("place").textContent, ...words, ...states].join(". ");
}

/** The address follows at once after a jump, so that the browser's back button leads back; after steps, when it is quiet. */
function remember(isJump) {
  clearTimeout(remembering);
  const address = writeAddress(state.run.id, state.at);
  if (isJump) history.pushState(null, "", address);
  else remembering = setTimeout(() => history.replaceState(null, "", address), 200);
}

function jump(number) {
  stop();
  if (asking === 0 || number <= state.at) settle();
  move(() => goTo(state, number), true);
}

/** What is being waited for with the address is written now. */
function settle() {
  clearTimeout(remembering);
  history.replaceState(null, "", writeAddress(state.run.id, state.at));
}

function walk(direction) {
  stop();
  move(() => step(state, direction));
  if (asking) enterForm();
}

function stop() {
  clearTimeout(timer);
  timer = null;
  byId("waited").textContent = "";
  byId("play").textContent = "▶▶";
  byId("play").setAttribute("aria-label", say("play"));
}

function play() {
  if (timer !== null) {
    stop();
    return;
  }
  if (nextStop(state) === undefined) move(() => goTo(state, 0));
  byId("play").textContent = "❚❚";
  byId("play").setAttribute("aria-label", say("pause"));
  playOn();
}

function playOn() {
  if (nextStop(state) === undefined || questionAfter(state) || state.isExplaining) {
    stop();
    return;
  }
  const { wait, full, isShortened } = waitFor(gapAfter(state), Number(byId("speed").value));
  const facts = { wait: duration(full * 1e6), shown: duration(wait * 1e6) };
  byId("waited").textContent = isShortened ? say("waited", facts) : "";
  timer = setTimeout(() => {
    move(() => step(state, 1));
    playOn();
  }, wait);
}

function changeView() {
  state.view = chosenView();
  chooseStops(state);
  const asked = new Set(state.game?.asked);
  filterRows(ladder, state.view, (number) => asked.has(number));
  move(() => {});
}

/** After a click on a menu the arrow keys step again; from the keyboard, Escape leaves it. */
function leaveMenu() {
  if (!lastWasKey) byId("ladder").focus();
}

const KEYS = {
  ArrowRight: () => walk(1),
  ArrowLeft: () => walk(-1),
  ArrowDown: () => walk(1),
  ArrowUp: () => walk(-1),
  PageDown: () => walk(1),
  PageUp: () => walk(-1),
  Home: () => jump(0),
  End: () => jump(Number.MAX_SAFE_INTEGER),
  " ": play,
};

function onKey(event) {
  const { key, target } = event;
  if (key === "Escape" && target.matches("select, input")) byId("ladder").focus();
  const isTyped = target.matches("input:not([type=checkbox]), select");
  const isPressed = key === " " && target.matches("button, summary, input");
  const scrolls = ["ArrowUp", "ArrowDown", "PageUp", "PageDown"].includes(key) && target.closest("#beside");
  const isOurs = KEYS[key] && !event.ctrlKey && !event.altKey && !event.metaKey && !event.shiftKey;
  if (!isOurs || isTyped || isPressed || scrolls) return;
  event.preventDefault();
  KEYS[key]();
}

/** A click on an event goes there; on the current one, or beside all of them, it goes on. */
function onClick(event) {
  if (getSelection()?.type === "Range") return;
  const number = Number(event.target.closest("[data-number]")?.dataset.number);
  if (isSlide || !number || number === state.at) walk(1);
  else jump(number);
}

function listen() {
  const onChange = (id, act) => byId(id).addEventListener("change", act);
  onChange("scenario", (event) => {
    settle();
    open(event.target.value, null);
    move(() => {}, true);
    leaveMenu();
  });
  onChange("predict", () => {
    open(state.run.id, null);
    move(() => {});
    leaveMenu();
  });
  onChange("language", (event) => begin(event.target.value));
  for (const id of ["calls", "packets", "connection"]) onChange(id, changeView);
  onChange("future", render);
  const presses = {
    first: () => jump(0),
    back: () => walk(-1),
    play,
    forward: () => walk(1),
    last: () => jump(Number.MAX_SAFE_INTEGER),
  };
  for (const [id, act] of Object.entries(presses)) byId(id).addEventListener("click", act);
  byId("ladder").addEventListener("click", onClick);
  byId("beside").addEventListener("toggle", render, true);
  document.addEventListener("keydown", onKey);
  document.addEventListener("keydown", () => (lastWasKey = true), true);
  document.addEventListener("pointerdown", () => (lastWasKey = false), true);
  window.addEventListener("popstate", () => followAddress());
  window.addEventListener("beforeprint", () => state.game === null && showAll());
  window.addEventListener("afterprint", render);
}

/** On paper there is no future. */
function showAll() {
  showRows(ladder, state.at, state.run.rows.length, { view: state.view, isPale: true, isAsked: false });
}

function followAddress() {
  const { id, number } = readAddress(location.hash);
  if (id !== "" && id !== state.run.id) open(id, number);
  else if (number !== null) move(() => goTo(state, number));
}

function begin(asked) {
  const language = chooseLanguage(asked, navigator.languages);
  document.documentElement.lang = { en: "en", zh: "zh-CN" }[language];
  byId("language").value = language;
  writeWords();
  fillScenarios(data.scenarios);
  const { id, number } = state ? { id: state.run.id, number: state.at } : readAddress(location.hash);
  asking = 0;
  open(id, number);
}

document.documentElement.classList.toggle("slide", isSlide);
byId("speed").value = "1000";
listen();
begin(query.get("lang"));

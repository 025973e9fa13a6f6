// Where the player is in a run, and where it may go. Nothing here knows about the page.

import { makeGame, nextAsked, note, repeat } from "./predict.js";
import { placeOf, rowAt, seenWith, stopAt, stopsOf } from "./run.js";

/** A run, seen from its first event on, or as a game of predictions. */
export function startRun(run, view, kind) {
  const game = kind === "off" ? null : makeGame(run, kind);
  const state = { run, view, kind, game, stops: [], at: 0, isExplaining: false, isReviewing: false };
  chooseStops(state);
  state.at = game && questionAfter(state) ? 0 : (state.stops[0] ?? 0);
  return state;
}

/** Computes the stops again, after the view was changed, and stands on one of them. */
export function chooseStops(state) {
  const asked = new Set(state.game?.asked);
  state.stops = stopsOf(state.run, state.view, (number) => asked.has(number));
  if (state.at > 0) state.at = stopAt(state.stops, state.at);
}

/** The last row that may be seen now. */
export function lastSeen(state) {
  return state.at === 0 ? 0 : seenWith(state.run, state.at);
}

/** The row that is asked for now, because it comes next; 0 if there is none. */
export function questionAfter(state) {
  if (!state.game || state.isExplaining) return 0;
  const asked = nextAsked(state.game, state.at);
  return asked !== undefined && asked === nextStop(state) ? asked : 0;
}

/** The next stop; undefined at the end. */
export function nextStop(state) {
  return state.stops[placeOf(state.stops, state.at) + 1];
}

/** Goes to a row, but not past one that must be answered first. */
export function goTo(state, number) {
  state.isExplaining = false;
  const asked = state.game ? nextAsked(state.game, 0) : undefined;
  const limit = asked === undefined ? number : Math.min(number, asked - 1);
  const isBefore = state.game !== null && limit < (state.stops[0] ?? 0);
  state.at = isBefore ? 0 : stopAt(state.stops, limit);
}

/** One event back, or forward; forward past the last event of a game begins what is asked again. */
export function step(state, direction) {
  const wasExplaining = state.isExplaining;
  state.isExplaining = false;
  if (direction < 0) {
    const before = state.stops[placeOf(state.stops, state.at) - 1];
    if (before !== undefined) state.at = before;
    return;
  }
  if (state.isReviewing && wasExplaining && review(state)) return;
  if (questionAfter(state)) return;
  const next = nextStop(state);
  if (next !== undefined) state.at = next;
  else if (state.game) review(state);
}

/** Goes back to an event that was answered wrongly. */
function review(state) {
  const number = repeat(state.game);
  if (number === 0) return false;
  state.isReviewing = true;
  state.at = state.stops[placeOf(state.stops, number) - 1] ?? 0;
  return true;
}

/** An answer was given: the event is shown, and explained. */
export function answered(state, number, isRight) {
  note(state.game, number, isRight);
  state.at = number;
  state.isExplaining = true;
}

/** Is everything answered, at the end of the run? */
export function isDone(state) {
  const { game } = state;
  if (game?.asked.length === 0) return true;
  const isThrough = game !== null && game.first.size === game.asked.length && game.again.length === 0;
  return isThrough && !state.isExplaining && (state.isReviewing || nextStop(state) === undefined);
}

/** The nanoseconds until the next stop. */
export function gapAfter(state) {
  const [now, next] = [rowAt(state.run, state.at), rowAt(state.run, nextStop(state))];
  return now && next ? next.at - now.at : 0;
}

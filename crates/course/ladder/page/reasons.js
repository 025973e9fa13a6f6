// Why a packet or a return is what it is: sentences made of the run's facts.

import { rowAt } from "./run.js";
import { duration, hasWords, say } from "./say.js";
import { sideName } from "./wording.js";

/** The reasons of a row, as sentences. */
export function reasons(run, row) {
  const known = (row.why ?? []).filter(({ is }) => hasWords(`why.${is}`));
  return known.map((why) => capital(sentence(run, row, why)));
}

function sentence(run, row, why) {
  const call = why.call === undefined ? undefined : rowAt(run, why.call)?.call;
  const side = row.side ?? 0;
  const after = why.after === undefined ? undefined : duration(why.after);
  const facts = { ...why, us: sideName(side), them: sideName(1 - side), call, after };
  if (why.is === "finishes" && call) return say("why.finishes-call", facts);
  if (why.is === "resets" && why.unread) return say("why.resets-unread", facts);
  return say(`why.${why.is}`, facts);
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

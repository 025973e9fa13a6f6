import assert from "node:assert/strict";
import { test } from "node:test";
import { answered, goTo, isDone, lastSeen, questionAfter, startRun, step } from "../game.js";
import { choiceOf, judge, makeGame, score, solution, waitingCalls } from "../predict.js";
import { makeRun } from "../run.js";
import { DATA, SCENARIO } from "./small.js";

const run = makeRun(SCENARIO, DATA);
const VIEW = { calls: true, packets: true, connection: null };

test("each kind asks for its rows", () => {
  assert.deepEqual(makeGame(run, "off").asked, []);
  assert.deepEqual(makeGame(run, "ends").asked, [5, 6, 7, 16]);
  assert.deepEqual(makeGame(run, "packets").asked, [5, 6, 7, 12, 13, 16]);
  assert.deepEqual(makeGame(run, "returns").asked, [9, 14]);
});

test("nothing is seen past a question, whatever is pressed", () => {
  const state = startRun(run, VIEW, "ends");
  assert.equal(state.at, 1);
  goTo(state, 17);
  assert.equal(state.at, 3);
  assert.equal(lastSeen(state), 3); // not the phase before the packet
  assert.equal(questionAfter(state), 5);
  step(state, 1);
  assert.equal(state.at, 3);
});

test("wrong answers come again at the end, until they are right", () => {
  const state = startRun(run, VIEW, "returns");
  goTo(state, 17);
  assert.equal(questionAfter(state), 9);
  answered(state, 9, false);
  assert.equal(state.at, 9);
  assert.equal(questionAfter(state), 0); // it is being explained
  goTo(state, 17);
  answered(state, 14, true);
  step(state, 1);
  step(state, 1);
  assert.equal(state.at, 17);
  assert.equal(isDone(state), false);
  step(state, 1);
  assert.equal(questionAfter(state), 9);
  assert.equal(lastSeen(state), 8);
  answered(state, 9, false);
  step(state, 1);
  assert.equal(questionAfter(state), 9);
  answered(state, 9, true);
  step(state, 1);
  assert.equal(isDone(state), true);
  assert.deepEqual(score(state.game), { asked: 2, right: 1, again: 0 });
});

test("a run that begins with a question shows nothing before it", () => {
  const rows = SCENARIO.rows.slice(4);
  const state = startRun(makeRun({ ...SCENARIO, rows }, DATA), VIEW, "packets");
  assert.equal(state.at, 0);
  assert.equal(questionAfter(state), 1);
  goTo(state, 5);
  assert.equal(state.at, 0);
});

test("a packet's answer is who, flags without PSH, seq and ack", () => {
  assert.deepEqual(solution(run, 12), { who: "0", flags: "ACK", seq: "1", ack: "1" });
  assert.deepEqual(solution(run, 5), { who: "0", flags: "SYN", seq: "0", ack: "" });
  const right = judge(solution(run, 6), { who: "1", flags: "ACK SYN", seq: " 0 ", ack: "01" });
  assert.ok(right.every(({ isRight }) => isRight));
  const wrong = judge(solution(run, 6), { who: "1", flags: "SYN", seq: "0" });
  assert.deepEqual(
    wrong.map(({ isRight }) => isRight),
    [true, false, true, false],
  );
  // Without the flag there is no number to judge.
  assert.deepEqual(
    judge(solution(run, 5), { who: "0", flags: "SYN", seq: "0", ack: "77" }).map(({ part }) => part),
    ["who", "flags", "seq"],
  );
});

test("a return's answer is which call, how it ends, how many bytes", () => {
  assert.deepEqual(waitingCalls(run, 9).map(choiceOf), ["0  accept", "1 0 connect"]);
  assert.deepEqual(solution(run, 9), { which: "0  accept", outcome: "fine", bytes: "" });
  assert.deepEqual(solution(run, 14), { which: "0 0 recv", outcome: "fine", bytes: "1" });
  const judged = judge(solution(run, 14), { which: "0 0 recv", outcome: "fine", bytes: "2" });
  assert.deepEqual(
    judged.map(({ isRight }) => isRight),
    [true, true, false],
  );
});

test("of several threads that wait for the same, one choice is enough", () => {
  const call = { kind: "call", side: 1, program: 0, call: "accept" };
  const rows = [
    { ...call, thread: "2" },
    { ...call, thread: "3" },
    { kind: "call", side: 0, program: 1, call: "connect", connection: 0 },
    // The thread that returns has not said anything before.
    { kind: "return", side: 1, program: 0, thread: "4", returns: { call: "accept" } },
    { kind: "return", side: 0, program: 1, returns: { call: "recv", bytes: 0 } },
  ];
  const threads = makeRun({ ...SCENARIO, rows }, DATA);
  assert.deepEqual(waitingCalls(threads, 4).map(choiceOf), ["0  accept", "1 0 connect"]);
  assert.equal(solution(threads, 4).which, "0  accept");
  assert.ok(waitingCalls(threads, 5).map(choiceOf).includes(solution(threads, 5).which));
});

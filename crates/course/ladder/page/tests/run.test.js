import assert from "node:assert/strict";
import { test } from "node:test";
import { readAddress, writeAddress } from "../address.js";
import { connectionAt, makeRun, placeOf, seenWith, socketsAt, stopAt, stopsOf } from "../run.js";
import { ssLines, waitingToBeRead } from "../sockets.js";
import { waitFor } from "../speed.js";
import { DATA, SCENARIO } from "./small.js";

const run = makeRun(SCENARIO, DATA);
const EVERYTHING = { calls: true, packets: true, connection: null };

test("remarks come with the row before them, phases with the one after them", () => {
  assert.deepEqual(stopsOf(run, EVERYTHING), [1, 2, 3, 5, 6, 7, 9, 10, 12, 13, 14, 16, 17]);
  assert.equal(seenWith(run, 7), 8);
  assert.equal(seenWith(run, 3), 3);
});

test("filters leave rows out, but not those that are asked for", () => {
  assert.deepEqual(stopsOf(run, { ...EVERYTHING, calls: false }), [5, 6, 7, 12, 13, 16]);
  assert.deepEqual(stopsOf(run, { ...EVERYTHING, packets: false }), [1, 2, 3, 9, 10, 14, 17]);
  assert.deepEqual(stopsOf(run, { ...EVERYTHING, connection: 1 }), [1, 2, 9, 14, 17]);
  assert.deepEqual(
    stopsOf(run, { ...EVERYTHING, packets: false }, (number) => number === 6),
    [1, 2, 3, 6, 9, 10, 14, 17],
  );
});

test("a stop is found for each row", () => {
  const stops = [2, 5, 9];
  assert.deepEqual(
    [1, 2, 4, 5, 8, 9, 99].map((number) => placeOf(stops, number)),
    [-1, 0, 0, 1, 1, 2, 2],
  );
  assert.deepEqual(
    [0, 4, 99].map((number) => stopAt(stops, number)),
    [2, 2, 9],
  );
  assert.equal(stopAt([], 3), 0);
});

test("sockets are as the changes up to a row have made them", () => {
  const states = (number) => socketsAt(run, number).map(({ state }) => state);
  assert.deepEqual(states(0), [undefined, undefined, undefined]);
  assert.deepEqual(states(5), ["LISTEN", "SYN_SENT", undefined]);
  assert.deepEqual(states(17), ["LISTEN", "CLOSED", undefined]);
  assert.deepEqual(socketsAt(run, 17)[1].way, ["SYN_SENT", "ESTABLISHED", "CLOSED"]);
  assert.equal(waitingToBeRead(socketsAt(run, 12)[2]), 1);
  assert.equal(waitingToBeRead(socketsAt(run, 14)[2]), 0);
  assert.equal(waitingToBeRead({ arrived: 3 }), undefined);
});

test("a long run is answered from its snapshots, and no row changes an earlier answer", () => {
  const rows = Array.from({ length: 5000 }, (_, index) => ({
    kind: "packet",
    at: index,
    now: [[0, { sent: index + 1 }]],
  }));
  const long = makeRun({ ...SCENARIO, rows }, DATA);
  const early = socketsAt(long, 255)[0];
  for (const number of [1, 255, 256, 257, 4999, 5000]) assert.equal(socketsAt(long, number)[0].sent, number);
  assert.equal(early.sent, 255);
});

test("a row without a connection shows the one before", () => {
  assert.equal(connectionAt(run, 2), undefined);
  assert.equal(connectionAt(run, 17), 0);
});

test("ss prints sockets that are in a state, with their queues", () => {
  const lines = ssLines(DATA, socketsAt(run, 7));
  assert.match(lines[0], /^State +Recv-Q +Send-Q +Local Address:Port +Peer Address:Port$/);
  assert.match(lines[1], /^LISTEN +0 +128 +127\.0\.0\.1:8899 +0\.0\.0\.0:\*$/);
  assert.equal(lines.length, 4);
});

test("an address names a run and a row", () => {
  assert.deepEqual(readAddress("#tcp-client/7"), { id: "tcp-client", number: 7 });
  assert.deepEqual(readAddress("#tcp-client"), { id: "tcp-client", number: null });
  assert.deepEqual(readAddress(""), { id: "", number: null });
  assert.deepEqual(readAddress("#x/-1"), { id: "x", number: null });
  assert.deepEqual(readAddress("#%E0%A4%A/2"), { id: "%E0%A4%A", number: 2 });
  assert.equal(readAddress(writeAddress("a b", 3)).id, "a b");
});

test("true times are scaled, and a long wait is shortened", () => {
  assert.deepEqual(waitFor(2e6, 100), { wait: 200, full: 200, isShortened: false });
  assert.deepEqual(waitFor(1e9, 10), { wait: 2500, full: 10000, isShortened: true });
  assert.equal(waitFor(-5, 1000).wait, 0);
  assert.equal(waitFor(1e12, 0).wait, 1000);
});

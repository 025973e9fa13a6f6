import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { visible } from "../dom.js";
import { bytesOf, fieldsOf } from "../fields.js";
import { reasons } from "../reasons.js";
import { makeRun, rowAt } from "../run.js";
import { chooseLanguage, duration, say } from "../say.js";
import { fromTheBeginning } from "../sockets.js";
import { describe, textOf } from "../wording.js";
import { WORDS } from "../words.js";
import { DATA, SCENARIO } from "./small.js";

const folder = new URL("../", import.meta.url);
const sources = readdirSync(folder).filter((name) => /\.(js|html)$/.test(name) && name !== "words.js");
const source = sources.map((name) => readFileSync(new URL(name, folder), "utf8")).join("\n");

test("both languages have the same words with the same facts in them", () => {
  const facts = (text) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
  assert.deepEqual(Object.keys(WORDS.zh), Object.keys(WORDS.en));
  for (const [key, text] of Object.entries(WORDS.en)) assert.deepEqual(facts(WORDS.zh[key]), facts(text), key);
});

test("no word is missing, and none is left over", () => {
  for (const key of Object.keys(WORDS.en)) {
    const group = key.split(".")[0];
    const isUsed = [`"${key}"`, `\`${group}.\${`, `${key}: "`].some((use) => source.includes(use));
    assert.ok(isUsed, key);
  }
  for (const [, key] of source.matchAll(/data-(?:word|label)="([^"]+)"|\bsay\("([^"]+)"/g))
    if (key) assert.ok(WORDS.en[key], key);
});

test("the language is the one asked for, or the browser's", () => {
  assert.equal(chooseLanguage("zh", ["en-US"]), "zh");
  assert.equal(say("caller"), "发起方");
  assert.equal(chooseLanguage(null, ["de", "zh-TW", "en"]), "zh");
  assert.equal(chooseLanguage("fr", ["de"]), "en");
});

test("what a peer sent is shown and obeyed by nobody", () => {
  assert.equal(visible("a\u001b[2Jb\r\n\u007f"), "a␛[2Jb␍␊␡");
  assert.equal(visible("x\u202ey\u200b\u0085"), "x\\u{202e}y\\u{200b}\\u{85}");
  assert.equal(visible("<img src=x>欢迎"), "<img src=x>欢迎");
});

test("a call's own sentence may know what comes, so a game shows its facts only", () => {
  chooseLanguage("en", []);
  const run = makeRun(SCENARIO, DATA);
  assert.equal(textOf({ kind: "call", text: "SYN, SYN+ACK", peer: "1.2.3.4:5", bytes: 7 }, true), "1.2.3.4:5, 7 bytes");
  assert.equal(describe(run, rowAt(run, 3), true), "the caller: 2. connect");
  assert.equal(describe(run, rowAt(run, 6)), "the waiting side → the caller: SYN+ACK seq 0 ack 1");
});

test("the reasons are sentences with the run's facts", () => {
  const run = makeRun(SCENARIO, DATA);
  assert.match(reasons(run, rowAt(run, 6))[1], /^The waiting side acknowledges x \+ 1 = 1:/);
  for (const row of SCENARIO.rows) for (const text of reasons(run, row)) assert.doesNotMatch(text, /[{}?]/);
});

test("a field is its bits of the packet", () => {
  const field = (as, more) => ({ id: as, header: "H", name: as, rfc: "", as, ...more });
  const fields = [
    field("number", { times: 4, unit: "bytes" }),
    field("flags", { names: { 2: "SYN", 16: "ACK" } }),
    field("address"),
    field("names", { names: { 6: "TCP" } }),
    field("hex"),
    field("power"),
    field("bytes"),
  ];
  const layouts = [
    [
      [0, 4, 4],
      [1, 8, 8],
      [2, 16, 32],
      [3, 48, 8],
      [4, 56, 16],
      [5, 72, 8],
      [6, 80, 24],
      [0, 104, 8],
    ],
  ];
  const shown = fieldsOf({ fields, layouts }, { layout: 0, hex: "45127f00000106beef0a010203" });
  const values = ["5 × 4 = 20 bytes", "SYN ACK", "127.0.0.1", "6 (TCP)", "0xbeef", "10: × 1024", "01 02 03"];
  assert.deepEqual(
    shown.map(({ value }) => value),
    values,
  ); // the last field was not captured
  assert.deepEqual([shown[0].from, shown[0].to, shown[2].from, shown[2].to], [0, 1, 2, 6]);
  const ipv6 = (hex) => fieldsOf({ fields, layouts: [[[2, 0, 128]]] }, { layout: 0, hex })[0].value;
  assert.equal(ipv6("00000000000000000000000000000001"), "::1");
  assert.equal(ipv6("20010db8000000000001000000000000"), "2001:db8:0:0:1::");
  assert.deepEqual(bytesOf(""), []);
});

test("an accepted socket's way begins with the listener's", () => {
  assert.deepEqual(fromTheBeginning({ way: ["SYN_RECV"] }).way, ["CLOSED", "LISTEN", "SYN_RECV"]);
  assert.equal(fromTheBeginning(undefined), undefined);
});

test("durations are written as a person writes them", () => {
  assert.deepEqual([4e3, 2.3e5, 4.2e7, 1.5e9].map(duration), ["4 µs", "0.2 ms", "42 ms", "1.5 s"]);
});

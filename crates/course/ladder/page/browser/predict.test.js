// Predictions: right and wrong answers by keyboard, and nothing in the page that depends on what is asked for.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { waitingCalls } from "../predict.js";
import { data, openPage, press, startBrowser, stopBrowser, withData } from "./browser.js";

/** Goes on to the next question, as far as the page lets us; returns the row that is asked for, or 0. */
async function toQuestion(page, run) {
  await page.keyboard.press("End");
  if (!(await isAsked(page))) await page.keyboard.press("ArrowRight"); // at the end, what was wrong comes again
  if (!(await isAsked(page))) return 0;
  const row = Number((await page.getAttribute(".row.now", "data-number", { timeout: 1000 }).catch(() => 0)) ?? 0);
  return run.rows.findIndex((one, index) => index >= row && one.kind !== "note" && one.kind !== "phase") + 1;
}

function isAsked(page) {
  return page.evaluate(() => document.querySelector(".row.asked") !== null);
}

/** Answers with the keyboard alone: Tab, Space and arrows, digits, Enter. */
async function answer(page, run, number, isRight) {
  const row = run.rows[number - 1];
  const { packet, side, returns } = row;
  assert.equal(
    await page.evaluate(() => document.activeElement.closest("#quiz") !== null),
    true,
    "the form has the focus",
  );
  if (returns) return answerReturn(page, run, row, isRight);
  await choose(page, isRight ? side : 1 - side);
  if (packet.protocol !== "tcp") {
    await page.keyboard.press("Tab");
    await choose(page, ["udp", "icmp", "other"].indexOf(packet.protocol));
    await page.keyboard.press("Tab");
    await page.keyboard.type(String(packet.length));
  } else {
    for (const flag of ["SYN", "ACK", "FIN", "RST"]) {
      await page.keyboard.press("Tab");
      if (packet.flags.includes(flag)) await page.keyboard.press("Space");
    }
    await page.keyboard.press("Tab");
    await page.keyboard.type(String(packet.seq));
    await page.keyboard.press("Tab");
    if (packet.ack !== undefined) await page.keyboard.type(String(packet.ack));
  }
  await page.keyboard.press("Enter");
}

async function answerReturn(page, run, row, isRight) {
  const labels = (await page.locator("#quiz fieldset >> nth=0 >> label").allTextContents()).map((label) =>
    label.trim(),
  );
  // The last call of the same thread, or of another one that waits for the same.
  const before = run.rows.slice(0, run.rows.indexOf(row)).reverse();
  const calls = before.filter((one) => one.call === row.returns.call && one.program === row.program);
  const call = calls.find((one) => one.thread === row.thread) ?? calls[0];
  const { name, caller } = run.connections[call.connection] ?? {};
  const where = run.connections.length > 1 && caller ? ` (${name ?? caller.replace(/.*:/, ":")})` : "";
  const who = run.programs[row.program].labelled ? `, ${run.programs[row.program].name}` : "";
  const index = labels.indexOf(`${["the caller", "the waiting side"][row.side]}${who}: ${call.call}${where}`);
  assert.ok(index >= 0, `${row.text}: ${call.call}${where} is not among ${labels.join("; ")}`);
  await choose(page, index);
  await page.keyboard.press("Tab");
  await choose(page, (row.returns.error === undefined) === isRight ? 0 : 1);
  await page.keyboard.press("Tab");
  await page.keyboard.type(String(row.returns.bytes ?? ""));
  await page.keyboard.press("Enter");
}

/** Chooses one of the radio buttons that have the focus. */
async function choose(page, index) {
  await page.keyboard.press("Space");
  await press(page, "ArrowDown", index);
}

async function begin(browser, run, kind, file) {
  const opened = await openPage(browser, { file, address: `#${run.id}/1` });
  await opened.page.selectOption("#predict", kind);
  await opened.page.focus("#ladder");
  return opened;
}

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => stopBrowser(browser));

/** The runs whose questions are all answered; of the others the first ones, because each one takes a browser's time. */
const WHOLE = ["tcp-client", "udp-chat"];
const FIRST = 6;

for (const kind of ["packets", "returns"]) {
  test(`${kind}: right answers in each run`, async () => {
    for (const run of data.scenarios) {
      const { page, context, complaints } = await begin(browser, run, kind);
      const most = WHOLE.includes(run.id) ? Number.POSITIVE_INFINITY : FIRST;
      let asked = 0;
      for (let row = await toQuestion(page, run); row > 0 && asked < most; row = await toQuestion(page, run)) {
        asked += 1;
        await answer(page, run, row, true);
        const verdict = await page.innerText("#quiz");
        assert.match(verdict, /^Right\./, `${run.id}/${row}: ${verdict}`);
        await page.keyboard.press("Enter"); // go on
      }
      if (most > asked && asked > 0)
        assert.match(await page.innerText("#quiz"), new RegExp(`${asked} of ${asked} right`));
      assert.deepEqual(complaints, []);
      await context.close();
    }
  });
}

test("wrong answers are explained, and come again", async () => {
  const run = data.scenarios.find(({ connections }) => connections.some(({ protocol }) => protocol === "tcp"));
  const { page, context, complaints } = await begin(browser, run, "ends");
  const first = await toQuestion(page, run);
  await answer(page, run, first, false);
  const verdict = await page.innerText("#quiz");
  assert.match(verdict, /^Not quite\./);
  assert.match(verdict, /Who sends it\?: the caller; your answer: the waiting side/);
  assert.match(verdict, /SYN with its first number x/);
  await page.keyboard.press("Enter");
  let [row, last] = [await toQuestion(page, run), 0];
  for (; row > first; row = await toQuestion(page, run)) {
    last = row;
    await answer(page, run, row, true);
    await page.keyboard.press("Enter");
  }
  assert.ok(last > first);
  assert.equal(row, first); // here it is again
  assert.match(await page.innerText("#quiz"), /Once more/);
  assert.equal(await page.locator(`.row[data-number='${first}']`).count(), 0);
  await page.click('#quiz button:has-text("I don\'t know")');
  assert.match(await page.innerText("#quiz"), /Not quite/);
  await page.click("#quiz button:has-text('Go on')");
  await answer(page, run, await toQuestion(page, run), true);
  await page.keyboard.press("Enter");
  assert.match(await page.innerText("#quiz"), /That was the end/);
  assert.deepEqual(complaints, []);
  await context.close();
});

for (const kind of ["ends", "packets", "returns"]) {
  test(`${kind}: the page is the same whatever comes next`, async () => {
    const run = data.scenarios.find(({ id }) => id === "tcp-server") ?? data.scenarios[0];
    const { page, context } = await begin(browser, run, kind);
    const asked = [];
    for (let row = await toQuestion(page, run); row > 0 && asked.length < 4; row = await toQuestion(page, run)) {
      asked.push([row, await everything(page)]);
      await answer(page, run, row, true);
      await page.keyboard.press("Enter");
    }
    await context.close();
    for (const [row, seen] of asked) await assertSameWithAnotherEnd(browser, run, kind, row, seen);
  });
}

/** All that can be found out about the page without its data. */
async function everything(page) {
  await page.waitForFunction(() => true);
  await page.waitForTimeout(250); // the address follows
  return page.evaluate(() => {
    const copy = document.documentElement.cloneNode(true);
    copy.querySelector("#data").remove();
    const heights = [...document.querySelectorAll("body *")].map((part) => `${part.clientHeight} ${part.scrollHeight}`);
    // The count of questions goes on, and the score with it: they don't depend on what comes next.
    return [copy.outerHTML, location.hash, document.title, history.length, heights.join()].join("\n");
  });
}

/** The same run up to the question, but then something else comes, and nothing after it. */
async function assertSameWithAnotherEnd(browser, run, kind, number, seen) {
  const rows = run.rows.slice(0, number);
  rows[number - 1] = anotherRow(run, number);
  const changed = { ...data, scenarios: data.scenarios.map((one) => (one === run ? { ...run, rows } : one)) };
  const { page, context } = await begin(browser, run, kind, withData(`${kind}-${number}`, changed));
  for (let row = await toQuestion(page, run); row < number; row = await toQuestion(page, run)) {
    await answer(page, run, row, true);
    await page.keyboard.press("Enter");
  }
  assert.equal(await everything(page), seen, `${run.id}/${number}`);
  await context.close();
}

function anotherRow(run, number) {
  const row = run.rows[number - 1];
  if (row.returns) {
    // Another call that waits, if there is one; in any case another result.
    const other = waitingCalls(run, number).find((call) => call.program !== row.program) ?? { ...row, ...row.returns };
    const { side, program, thread, call } = other;
    const returns = { call, bytes: 4711, error: "ECONNRESET" };
    return { ...row, side, program, thread, text: "something else", returns, now: [], why: [] };
  }
  const packet = {
    ...row.packet,
    flags: ["RST", "FIN"],
    head: "RST+FIN",
    seq: 4711,
    ack: 4712,
    length: 99,
    payload: "something else",
  };
  return { ...row, side: 1 - row.side, packet, now: [], why: [{ is: "resets" }] };
}

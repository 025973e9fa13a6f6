// All runs to the end and back, with real keys and clicks.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { WORDS } from "../words.js";
import { assertFits, data, look, openPage, press, startBrowser, stopBrowser, withData } from "./browser.js";

const isStop = (row) => row.kind !== "note" && row.kind !== "phase";

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => stopBrowser(browser));

for (const width of [400, 800, 1600]) {
  test(`each run goes to its end and back at ${width} px`, async () => {
    const { page, context, complaints } = await openPage(browser, { viewport: { width, height: 800 } });
    for (const [index, scenario] of data.scenarios.entries()) {
      if (index > 0) await page.selectOption("#scenario", scenario.id);
      await page.focus("#ladder");
      const stops = scenario.rows.map((row, at) => (isStop(row) ? at + 1 : 0)).filter(Boolean);
      // Event for event at one width; by the page's own keys for both ends at the others.
      const isSlow = width === 800;
      if (isSlow) await press(page, "ArrowRight", stops.length - 1);
      else await page.keyboard.press("End");
      const end = await look(page);
      assert.deepEqual([end.row, end.isLast, end.isInView], [stops.at(-1), true, true], scenario.id);
      await assertFits(page, `${scenario.id} at ${width} px`);
      if (isSlow && stops.length < 40) await press(page, "ArrowLeft", stops.length - 1);
      else await page.keyboard.press("Home");
      const beginning = await look(page);
      assert.deepEqual([beginning.row, beginning.isFirst, beginning.isInView], [stops[0], true, true], scenario.id);
      await assertFits(page, `${scenario.id} at ${width} px`);
    }
    assert.deepEqual(complaints, []);
    await context.close();
  });
}

test("there are words for each reason in the data", () => {
  const rows = data.scenarios.flatMap((scenario) => scenario.rows);
  const keys = new Set(rows.flatMap(({ why }) => (why ?? []).map(({ is }) => `why.${is}`)));
  assert.deepEqual(
    [...keys].filter((key) => WORDS.en[key] === undefined),
    [],
  );
});

test("buttons, clicks and addresses", async () => {
  const { page, context, complaints, url } = await openPage(browser);
  const [first, second] = data.scenarios;
  await page.click("#forward");
  await page.click("#last");
  assert.equal((await look(page)).isLast, true);
  await page.click(".row[data-number='1'] .time");
  assert.equal((await look(page)).row, 1);
  await page.waitForFunction(() => location.hash.endsWith("/1"));
  await page.click(".row.now .time"); // the current one: on
  assert.equal((await look(page)).row, 2);
  if (second) {
    await page.selectOption("#scenario", second.id);
    assert.equal((await look(page)).hash, `#${second.id}/1`);
    await page.goBack();
    assert.equal((await look(page)).hash, `#${first.id}/2`);
    assert.equal(await page.inputValue("#scenario"), first.id);
    await page.goForward();
    assert.equal(await page.inputValue("#scenario"), second.id);
  }
  await page.goto(`${url}#${first.id}/4`);
  assert.equal((await look(page)).row, 4);
  await page.goto(`${url}#nobody/999999`); // an address that names nothing
  assert.ok((await look(page)).row > 0);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("space plays, and a long wait is shortened and said", async () => {
  const { page, context } = await openPage(browser);
  await page.selectOption("#speed", "1000", { force: true });
  await page.focus("#ladder");
  await page.keyboard.press("Space");
  await page.waitForFunction(() => document.getElementById("waited").textContent !== "");
  assert.match(await page.textContent("#waited"), /shortened/);
  await page.waitForFunction(() => Number(document.querySelector(".row.now").dataset.number) > 2);
  await page.keyboard.press("Space");
  const { row } = await look(page);
  await page.waitForTimeout(300);
  assert.equal((await look(page)).row, row);
  await context.close();
});

test("filters and the hidden future", async () => {
  const { page, context, complaints } = await openPage(browser);
  await page.click("#settings summary");
  await page.uncheck("#calls");
  assert.equal(await page.locator(".row.call:visible").count(), 0);
  await page.check("#calls");
  await page.uncheck("#packets");
  assert.equal(await page.locator(".row.packet:visible, .row.phase:visible").count(), 0);
  await page.check("#packets");
  await page.selectOption("#future", "hidden");
  await page.click("#first");
  assert.equal(await page.locator(".row").count(), 1);
  const several = data.scenarios.find(({ connections }) => connections.length > 1);
  if (several) {
    if (data.scenarios.length > 1) await page.selectOption("#scenario", several.id);
    await page.selectOption("#connection", "1");
    await page.click("#last");
    const shown = await page
      .locator(".row.packet:visible")
      .evaluateAll((rows) => rows.map((row) => Number(row.dataset.number)));
    assert.ok(shown.length > 0);
    for (const number of shown) assert.ok([1, undefined].includes(several.rows[number - 1].connection));
  }
  assert.deepEqual(complaints, []);
  await context.close();
});

test("a field shows its bytes, and a byte its field, with the pointer and the keyboard", async () => {
  const run = data.scenarios.find(({ rows }) => rows.some(({ packet }) => packet?.protocol === "tcp"));
  const number = run.rows.findIndex(({ packet }) => packet?.protocol === "tcp") + 1;
  const { page, context, complaints } = await openPage(browser, { address: `#${run.id}/${number}` });
  await page.hover(".fields li:has-text('flags SYN')");
  assert.deepEqual(await page.locator(".byte.lit").allTextContents(), ["02"]);
  await page.hover(".byte >> nth=33");
  assert.match(await page.locator(".fields li.lit").innerText(), /^flags SYN/);
  await page.focus(".byte >> nth=0");
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.locator(".fields li.lit").count(), 1);
  await page.keyboard.press("End");
  await page.focus(".fields li[tabindex='0']");
  await page.keyboard.press("ArrowDown");
  assert.ok((await page.locator(".byte.lit").count()) >= 1);
  assert.equal((await look(page)).row, number); // the arrow keys stayed in the list
  await page.keyboard.press("Escape");
  await page.keyboard.press("ArrowRight");
  assert.ok((await look(page)).row > number);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("what a peer sent is text, whatever it says", async () => {
  const evil = '</script><img src="x" onerror="alert(1)">\u202e\u001b[2J';
  const changed = structuredClone(data);
  for (const row of changed.scenarios[0].rows) {
    if (row.text !== undefined && row.kind !== "phase") row.text = evil;
    if (row.packet) Object.assign(row.packet, { payload: evil, head: evil });
  }
  Object.assign(changed.scenarios[0], { title: evil, without_packets: evil });
  const { page, context, complaints } = await openPage(browser, { file: withData("evil", changed) });
  await page.keyboard.press("End");
  assert.equal(await page.locator("img").count(), 0);
  assert.match(await page.innerText("#rows"), /<img src="x" onerror="alert\(1\)">\\u\{202e\}␛\[2J/);
  assert.doesNotMatch(await page.innerText("body"), /[\p{Cf}\p{Co}]|(?!\n)\p{Cc}/u);
  assert.deepEqual(complaints, []);
  await context.close();
});

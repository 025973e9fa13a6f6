// What the page looks like: for a screen reader, on paper, for the projector, in both languages, light and dark.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { assertFits, data, look, openPage, startBrowser, stopBrowser } from "./browser.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SHOTS = process.env.SCREENSHOTS; // a folder for pictures of all of this, to look at

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => stopBrowser(browser));

const run = data.scenarios.find(({ id }) => id === "tcp-client") ?? data.scenarios[0];
const packet = run.rows.findIndex(({ packet }) => packet?.length > 0) + 1;

async function picture(page, name) {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

async function assertAccessible(page, where) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const found = serious.map(
    ({ id, nodes }) => `${id}, ${nodes.length} times: ${nodes[0].html} ${nodes[0].failureSummary}`,
  );
  assert.deepEqual(found, [], where);
}

for (const colorScheme of ["light", "dark"]) {
  for (const [width, height] of [
    [400, 800],
    [800, 900],
    [1600, 900],
  ]) {
    for (const locale of ["en-US", "zh-CN"]) {
      test(`${width} px, ${colorScheme}, ${locale}`, async () => {
        const options = { viewport: { width, height }, colorScheme, locale, address: `#${run.id}/${packet}` };
        const { page, context, complaints } = await openPage(browser, options);
        const name = `${width}-${colorScheme}-${locale.slice(0, 2)}`;
        assert.equal((await look(page)).isInView, true);
        await assertFits(page, name);
        await assertAccessible(page, name);
        await picture(page, name);
        await page.selectOption("#predict", "packets");
        await page.focus("#ladder");
        await page.keyboard.press("End");
        await assertFits(page, `${name}, a question`);
        await assertAccessible(page, `${name}, a question`);
        await picture(page, `${name}-question`);
        assert.deepEqual(complaints, []);
        await context.close();
      });
    }
  }
}

test("the language is the address's before the browser's, and can be changed", async () => {
  const { page, context } = await openPage(browser, { address: `?lang=zh#${run.id}/${packet}` });
  assert.equal(await page.getAttribute("html", "lang"), "zh-CN");
  assert.match(await page.innerText("#top"), /预测/);
  await page.click("#settings summary");
  await page.selectOption("#language", "en");
  assert.match(await page.innerText("#top"), /Predict/);
  assert.equal((await look(page)).row, packet);
  await context.close();
});

test("a slide is the ladder and nothing else", async () => {
  const { page, context, complaints } = await openPage(browser, { address: `?slide#${run.id}/${packet}` });
  for (const part of ["#top", "#beside", "#player"]) assert.equal(await page.isVisible(part), false);
  const size = await page.evaluate(() =>
    Number.parseFloat(getComputedStyle(document.querySelector(".row .time")).fontSize),
  );
  assert.ok(size >= 24, `${size} px`);
  await page.keyboard.press("ArrowRight");
  const { row } = await look(page);
  assert.ok(row > packet);
  await page.click("#ladder");
  assert.ok((await look(page)).row > row);
  await assertFits(page, "a slide");
  await assertAccessible(page, "a slide");
  await picture(page, "slide");
  assert.deepEqual(complaints, []);
  await context.close();
});

test("all events are printed, light, without anything to press", async () => {
  const options = { colorScheme: "dark", address: `#${run.id}/${packet}` };
  const { page, context } = await openPage(browser, options);
  await page.click("#settings summary");
  await page.selectOption("#future", "hidden");
  await page.evaluate(() => {
    const count = () => {
      globalThis.printed = document.querySelectorAll("#rows .row").length;
    };
    addEventListener("beforeprint", count);
  });
  await page.pdf();
  assert.equal(await page.evaluate(() => globalThis.printed), run.rows.length);
  assert.ok((await page.locator("#rows .row").count()) <= packet + 1);
  await page.emulateMedia({ media: "print" });
  for (const part of ["#beside", "#player", "#settings"]) assert.equal(await page.isVisible(part), false);
  const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(paper, "rgb(255, 255, 255)");
  await picture(page, "print");
  await context.close();
});

test("who wants less motion gets none", async () => {
  const { page, context } = await openPage(browser, { reducedMotion: "reduce" });
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".row")).transitionDuration), "0s");
  await context.close();
});

test("each step is said", async () => {
  const { page, context } = await openPage(browser, { address: `#${run.id}/${packet - 1}` });
  await page.focus("#ladder");
  await page.keyboard.press("ArrowRight");
  const said = await page.innerText("[aria-live]");
  assert.match(said, new RegExp(`${packet}.*→.*${run.rows[packet - 1].packet.length} bytes`));
  await context.close();
});

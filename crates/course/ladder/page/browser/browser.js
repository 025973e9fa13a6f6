// A real browser with the page in it. PAGE is the file: docs/ladders.html, or what `watch --html` wrote.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const DATA = /(<script type="application\/json" id="data">)(.*?)(<\/script>)/s;
const html = readFileSync(resolve(process.env.PAGE), "utf8");
const folder = mkdtempSync(join(tmpdir(), "ladder-page-"));

/** The data of the page. */
export const data = JSON.parse(html.match(DATA)[2]);

/** The page with other data, as a file of its own. */
export function withData(name, changed) {
  const file = join(folder, `${name}.html`);
  const text = JSON.stringify(changed).replaceAll("<", "\\u003c");
  writeFileSync(
    file,
    html.replace(DATA, (_, before, __, after) => before + text + after),
  );
  return file;
}

/** Starts the browser. */
export function startBrowser() {
  const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [...args, "--disable-component-update", "--disable-sync"],
  });
}

/** Ends it; nothing of it is left. */
export async function stopBrowser(browser) {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}

/** Opens the page. `complaints` collects errors, messages in the console and requests: all of them are defects. */
export async function openPage(browser, { file = resolve(process.env.PAGE), address = "", ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1600, height: 900 }, locale: "en-US", ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => complaints.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.stack}`));
  page.on("request", (request) => {
    if (!request.isNavigationRequest() && !request.url().startsWith("data:"))
      complaints.push(`request: ${request.url()}`);
  });
  const url = pathToFileURL(file).href;
  await page.goto(url + address);
  return { page, context, complaints, url };
}

/** Presses a key several times. */
export async function press(page, key, times = 1) {
  for (let time = 0; time < times; time += 1) await page.keyboard.press(key);
}

/** What a reader sees of where we are. */
export async function look(page) {
  return page.evaluate(() => {
    const now = document.querySelector(".row.now");
    const box = document.getElementById("ladder").getBoundingClientRect();
    const row = now?.getBoundingClientRect();
    return {
      row: Number(now?.dataset.number ?? 0),
      isInView: !row || (row.top >= box.top - 1 && row.bottom <= box.bottom + 1) || row.height > box.height - 80,
      isLast: document.getElementById("forward").disabled,
      isFirst: document.getElementById("back").disabled,
      sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      hash: location.hash,
    };
  });
}

/** Nothing may be wider than the window. */
export async function assertFits(page, where) {
  const wide = await page.evaluate(() => {
    const isWide = (part) => part.scrollWidth > part.clientWidth + 1;
    const parts = [document.documentElement, ...document.querySelectorAll("#ladder, #beside, #top, #player")];
    return parts.filter(isWide).map((part) => part.id || part.tagName);
  });
  assert.deepEqual(wide, [], where);
}

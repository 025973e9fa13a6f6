// A step in a long run: the time of the script, with the layout that it asks for.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { data, openPage, startBrowser, stopBrowser, withData } from "./browser.js";

const PACKETS = 5000;
const MOST = 16; // milliseconds: a frame

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => stopBrowser(browser));

/** A run whose data packets are repeated until there are enough. */
function longRun() {
  const run = structuredClone(data.scenarios.find(({ id }) => id === "tcp-client") ?? data.scenarios[0]);
  const first = run.rows.findIndex(({ packet }) => packet?.length > 0);
  const block = run.rows.slice(first, first + 10);
  const each = block.filter(({ packet }) => packet).length;
  const times = Math.ceil(PACKETS / each);
  const more = Array.from({ length: times }, () => block).flat();
  return { ...run, packets: times * each, rows: [...run.rows.slice(0, first), ...more, ...run.rows.slice(first)] };
}

async function stepTimes(page, key, steps) {
  return page.evaluate(
    ([key, steps]) => {
      const target = document.getElementById("ladder");
      const times = [];
      for (let step = 0; step < steps; step += 1) {
        const begin = performance.now();
        target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
        times.push(performance.now() - begin);
      }
      return times.sort((one, two) => one - two);
    },
    [key, steps],
  );
}

test(`a step among ${PACKETS} packets takes less than a frame`, async (t) => {
  const run = longRun();
  const file = withData("long", { ...data, scenarios: [run] });
  const middle = Math.floor(run.rows.length / 2);
  const { page, context, complaints } = await openPage(browser, { file, address: `#${run.id}/${middle}` });
  for (const future of ["pale", "hidden"]) {
    await page.selectOption("#future", future, { force: true });
    for (const key of ["ArrowRight", "ArrowLeft"]) {
      const times = await stepTimes(page, key, 200);
      const [least, median, most] = [times[0], times[100], times.at(-1)];
      const figures = [least, median, most].map((time) => time.toFixed(1)).join(", ");
      t.diagnostic(`${run.rows.length} rows, ${future}, ${key}: best, median and worst are ${figures} ms`);
      // The others have the time of whatever else runs on this machine in them.
      assert.ok(least <= MOST, `${least} ms`);
    }
  }
  assert.deepEqual(complaints, []);
  await context.close();
});

// How long until the map can be used, and from a filter to the new picture. The figures are printed;
// a limit of the first can be set: ATLAS_TEST_MAP_LIMIT_MS.
import { choose, expect, expectStill, openMap, test, topValue } from "./atlas.js";

const median = (times) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)];

test("the map is usable soon", async ({ page }) => {
  await page.goto("/rien-de-tel"); // a browser that is already open, and nothing of the map in its cache
  const times = [];
  let kilobytes = 0;
  page.on("response", async (response) => {
    const { responseBodySize } = await response.request().sizes().catch(() => ({ responseBodySize: 0 }));
    if (times.length === 0) kilobytes += responseBodySize / 1000;
  });
  for (let run = 0; run < 3; run += 1) {
    await openMap(page);
    times.push(Number(await page.locator("#map").getAttribute("data-usable-after")));
    await page.goto("/rien-de-tel");
  }
  console.log(`map usable after ${times.join(", ")} ms (first visit, then from the cache); ${Math.round(kilobytes)} kB came at first`);
  const limit = Number(process.env.ATLAS_TEST_MAP_LIMIT_MS ?? 0);
  if (limit) expect(Math.min(...times)).toBeLessThan(limit);
});

test("a filter is soon on list and map", async ({ page, request }) => {
  const themes = (await topValue(request, "theme")).value;
  await openMap(page);
  await expectStill(page);
  await page.evaluate(() => {
    const map = document.getElementById("map");
    const results = document.getElementById("results");
    window.times = { list: [], map: [] };
    let begun = 0;
    document.addEventListener("change", () => (begun = performance.now()), true);
    new MutationObserver(() => window.times.list.push(performance.now() - begun)).observe(results, { attributeFilter: ["data-query"] });
    // the map has drawn the tiles of the new filters
    const still = () => map.hasAttribute("aria-busy") || window.times.map.push(performance.now() - begun);
    new MutationObserver(still).observe(map, { attributeFilter: ["aria-busy"] });
  });
  for (let run = 0; run < 5; run += 1) {
    await choose(page, "theme", themes);
    await expect(page.locator(".chip")).toHaveCount(1);
    await expectStill(page);
    await page.locator(`[id="theme-${themes}"]`).uncheck();
    await expect(page.locator(".chip")).toHaveCount(0);
    await expectStill(page);
  }
  const { list, map } = await page.evaluate(() => window.times);
  const written = (times) => `${Math.round(median(times))} ms (at most ${Math.round(Math.max(...times))})`;
  console.log(`from a filter to the list: ${written(list)}; to the finished map: ${written(map)}`);
  expect([list.length, map.length]).toEqual([10, 10]);
});

// How long until the map can be used. The figure is printed; the limit can be set: ATLAS_MAP_LIMIT_MS.
import { expect, openMap, test } from "./atlas.js";

test("the map is usable soon", async ({ page }) => {
  await page.goto("/rien-de-tel"); // a browser that is already open, and nothing of the map in its cache
  const times = [];
  for (let run = 0; run < 3; run += 1) {
    await openMap(page);
    times.push(Number(await page.locator("#map").getAttribute("data-usable-after")));
    await page.goto("/rien-de-tel");
  }
  console.log(`map usable after ${times.join(", ")} ms (first visit, then from the cache)`);
  const limit = Number(process.env.ATLAS_MAP_LIMIT_MS ?? 0);
  if (limit) expect(Math.min(...times)).toBeLessThan(limit);
});

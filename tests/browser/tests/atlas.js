// What every test shares: a page that is watched, and the API to compare it with.
import { test as base, expect } from "@playwright/test";

export { expect };

/**
 * `watched`: fails the test if a page asked another origin, broke its content security policy, or
 * wrote an error or a warning to the console.
 */
export const test = base.extend({
  watched: [
    async ({ context, baseURL }, use) => {
      const troubles = [];
      const { origin } = new URL(baseURL);
      context.on("request", (request) => {
        const url = new URL(request.url());
        if (/^https?:$/.test(url.protocol) && url.origin !== origin) troubles.push(`asked ${url.href}`);
      });
      context.on("console", (message) => {
        const text = message.text();
        const isExpected = /GPU stall due to ReadPixels|GroupMarkerNotSet|status of 40[0134]|status of 409/.test(text);
        if (["error", "warning"].includes(message.type()) && !isExpected) troubles.push(`console: ${text}`);
      });
      context.on("weberror", (event) => troubles.push(`error: ${event.error().message}`));
      await use(troubles);
      expect(troubles).toEqual([]);
    },
    { auto: true },
  ],
});

/** The JSON of a path of the API. */
export async function api(request, path) {
  const answer = await request.get(path);
  expect(answer.ok(), `${path}: ${answer.status()}`).toBe(true);
  return answer.json();
}

/** The value with most partnerships in one dimension, for some filters. */
export async function topValue(request, dimension, query = "") {
  const { facets } = await api(request, `/api/facets?${query}`);
  return facets[dimension].reduce((best, value) => (value.count > best.count ? value : best));
}

/** Opens the map's page and waits until the map stands. */
export async function openMap(page, path = "/") {
  await page.goto(path);
  await expect(page.locator("#map")).toHaveAttribute("data-state", "ready");
}

/** Ticks a value of a filter. */
export async function choose(page, dimension, value) {
  const pill = page.locator(`details[data-facet="${dimension}"]`);
  if (!(await pill.evaluate((details) => details.open))) await pill.locator("summary").click();
  await page.locator(`[id="${dimension}-${value}"]`).check();
}

/** Map, list, sentence and address all say what the API says for a query. */
export async function expectAgreement(page, request, query) {
  const [items, drawing] = await Promise.all([
    api(request, `/api/collections/partnerships/items?${query}&limit=50&sortby=title`),
    api(request, `/map.json?${query}`),
  ]);
  const drawn = new Set(drawing.links.map(([id]) => id)).size;
  await expect(page.locator("#results")).toHaveAttribute("data-matched", String(items.numberMatched));
  await expect(page.locator("#map")).toHaveAttribute("data-matched", String(items.numberMatched));
  await expect(page.locator("#map")).toHaveAttribute("data-links", String(drawn));
  expect(drawing.matched).toBe(items.numberMatched);
  expect(drawn + drawing.unplaced).toBe(items.numberMatched);
  const listed = await page.locator("#items > li").evaluateAll((rows) => rows.map((row) => row.dataset.id));
  expect(listed).toEqual(items.features.map((feature) => feature.id));
  const sentence = (await page.locator("#sentence").textContent()).replace(/[\s\u202f,]/g, "");
  if (items.numberMatched > 0) expect(sentence.startsWith(String(items.numberMatched))).toBe(true);
  const pairs = (text) => [...new URLSearchParams(text)].map((pair) => pair.join("=")).sort();
  expect(pairs(new URL(page.url()).search)).toEqual(pairs(query));
  return items;
}

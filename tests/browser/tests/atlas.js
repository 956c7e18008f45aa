// What every test shares: a page that is watched, and the API to compare it with.
import { VectorTile } from "@mapbox/vector-tile";
import { test as base, expect } from "@playwright/test";
import { PbfReader } from "pbf";

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
        const isExpected = /GPU stall due to ReadPixels|GroupMarkerNotSet|status of 4(0[01349]|10|22)/.test(text);
        if (["error", "warning"].includes(message.type()) && !isExpected) troubles.push(`console: ${text}`);
      });
      context.on("weberror", (event) => troubles.push(`error: ${event.error().message}`));
      await use(troubles);
      expect(troubles).toEqual([]);
    },
    { auto: true },
  ],
});

/** The names and values of a query, in order. */
const pairs = (text) => [...new URLSearchParams(text)].map((pair) => pair.join("=")).sort();

/** The layers of a tile of flows, each as a list of features with their vertices. */
export async function flowTile(request, z, x, y, query = "") {
  const answer = await request.get(`/tiles/flows/${z}/${x}/${y}.mvt?${query}`);
  const { layers } = new VectorTile(new PbfReader(await answer.body()));
  const features = (layer) => Array.from({ length: layer?.length ?? 0 }, (_, index) => {
    const feature = layer.feature(index);
    return { properties: feature.properties, lines: feature.loadGeometry() };
  });
  return { nodes: features(layers.nodes), flows: features(layers.flows), level: features(layers.level)[0]?.properties ?? { partnerships: 0, left_out: 0 } };
}

/** How many partnerships of a query have a line. */
export async function linked(request, query) {
  const { features } = await api(request, `/api/collections/links/items?${query}&limit=10000`);
  return features.filter(({ geometry }) => geometry).length;
}

/**
 * The map draws what a query selects: it draws tiles of just this, and those count every
 * partnership that has a line once.
 */
export async function expectDrawn(page, request, query) {
  await expect.poll(async () => pairs(await page.locator("#map").getAttribute("data-query"))).toEqual(pairs(query));
  // tiles of an earlier selection may come from the browser's cache: what counts is which ones are drawn
  const drawn = () => page.locator("#map").evaluate((map) => {
    const { gl } = map.atlas.globe;
    return gl.isSourceLoaded("flows") ? new URL(gl.getSource("flows").tiles[0], location.href).search : "?not=loaded";
  });
  await expect.poll(async () => pairs(await drawn()).filter((pair) => !pair.startsWith("lang="))).toEqual(pairs(query));
  const { flows, level } = await flowTile(request, 0, 0, 0, query);
  const counted = flows.reduce((sum, { properties }) => sum + properties.counted, 0);
  expect(counted + level.left_out).toBe(await linked(request, query));
}

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

/** Waits until the camera rests and the map has drawn what the page shows. */
export async function expectStill(page) {
  await expect.poll(() => page.locator("#map").evaluate((map) => map.atlas.globe.gl.isMoving())).toBe(false);
  await expect(page.locator("#map")).not.toHaveAttribute("aria-busy");
}

/** Ticks a value of a filter. */
export async function choose(page, dimension, value) {
  const pill = page.locator(`details[data-facet="${dimension}"]`);
  if (!(await pill.evaluate((details) => details.open))) await pill.locator("summary").click();
  await page.locator(`[id="${dimension}-${value}"]`).check();
}

/** Map, list, sentence and address all say what the API says for a query. */
export async function expectAgreement(page, request, query) {
  const items = await api(request, `/api/collections/partnerships/items?${query}&limit=50&sortby=title`);
  await expect.poll(async () => pairs(await page.locator("#results").getAttribute("data-query"))).toEqual(pairs(query));
  await expect(page.locator("#results")).toHaveAttribute("data-matched", String(items.numberMatched));
  await expectDrawn(page, request, query);
  const listed = await page.locator("#items > li").evaluateAll((rows) => rows.map((row) => row.dataset.id));
  expect(listed).toEqual(items.features.map((feature) => feature.id));
  const sentence = (await page.locator("#sentence").textContent()).replace(/[\s\u202f,]/g, "");
  if (items.numberMatched > 0) expect(sentence.startsWith(String(items.numberMatched))).toBe(true);
  expect(pairs(new URL(page.url()).search)).toEqual(pairs(query));
  return items;
}

// The drawn map: lines that end at dots, numbers that are the API's, what is chosen, and names.
import { api, expect, expectStill, flowTile, linked, openMap, test, topValue } from "./atlas.js";

/** Waits until the map stands with everything that comes later. */
async function stand(page) {
  await expectStill(page);
  await page.locator("#map").evaluate(async (map) => {
    const { globe } = map.atlas;
    await globe.finished;
    if (!globe.gl.loaded() || !globe.gl.areTilesLoaded()) await new Promise((done) => globe.gl.once("idle", done));
  });
}

/** Looks somewhere else, and waits until all of it is drawn. */
async function look(page, [zoom, lat, lon]) {
  await page.locator("#map").evaluate(
    async (map, { zoom, lat, lon }) => {
      const { gl } = map.atlas.globe;
      const idle = gl.once("idle");
      gl.jumpTo({ center: [lon, lat], zoom });
      gl.triggerRepaint();
      await idle;
    },
    { zoom, lat, lon },
  );
  await stand(page);
}

/**
 * The nodes and flows of the tiles that are drawn: nodes with where they are on the screen, flows
 * with both ends of each part, and the ends on the screen that are more than two pixels from their dots.
 */
function drawn(page) {
  return page.locator("#map").evaluate((map) => {
    const { gl } = map.atlas.globe;
    const nodes = new Map();
    for (const { properties, geometry } of gl.querySourceFeatures("flows", { sourceLayer: "nodes" })) {
      const { x, y } = gl.project(geometry.coordinates);
      nodes.set(`${properties.side} ${properties.id}`, { ...properties, x, y, position: geometry.coordinates });
    }
    const flows = new Map();
    for (const { properties, geometry } of gl.querySourceFeatures("flows", { sourceLayer: "flows" })) {
      const key = `${properties.home}~${properties.partner}`;
      const known = flows.get(key) ?? { ...properties, parts: [] };
      for (const line of geometry.type === "LineString" ? [geometry.coordinates] : geometry.coordinates) {
        known.parts.push([line[0], line[line.length - 1]]);
      }
      flows.set(key, known);
    }
    const missed = [];
    for (const { home, partner, parts } of flows.values()) {
      for (const key of [`home ${home}`, `partner ${partner}`]) {
        const dot = nodes.get(key);
        // its tile need not be there where it is not in view
        if (!dot || dot.x < 0 || dot.y < 0 || dot.x > map.clientWidth || dot.y > map.clientHeight) continue;
        const away = parts.flat().map((end) => {
          const at = gl.project(end);
          return Math.hypot(at.x - dot.x, at.y - dot.y);
        });
        if (Math.min(...away) > 2) missed.push(`${home}~${partner} misses ${key} by ${Math.min(...away).toFixed(1)}`);
      }
    }
    return { nodes: [...nodes], flows: [...flows.values()], missed, zoom: Math.min(14, Math.floor(gl.getZoom())) };
  });
}

const EXTENT = 4096;

/** Where a position is in the world, in units of the tiles of a zoom level. */
function world([lon, lat], zoom) {
  const units = EXTENT * 2 ** zoom;
  const rad = (lat * Math.PI) / 180;
  return [((lon + 180) / 360) * units, (0.5 - Math.log(Math.tan(Math.PI / 4 + rad / 2)) / (2 * Math.PI)) * units];
}

/** Views of zooms 1 to 9 for each of some filters: of the world, Europe, France, Africa. */
async function views(request) {
  const { value: town } = await topValue(request, "collectivity");
  const { value: theme } = await topValue(request, "theme");
  const { value: country } = await topValue(request, "country");
  const filters = ["", `country=${country}`, "region=53", `theme=${theme}`, `collectivity=${town}`, "country=ML"];
  const far = [[1.2, 28, 8], [2.4, 40, 10], [3.5, 48, 8], [4.6, 47, 3], [5.5, 48, 0]];
  const near = [[6.3, 48.2, -2.5], [7.2, 48.5, 7.7], [8.1, 45.7, 4.8], [9, 48.8, 2.4], [2, 14, -8]];
  return filters.map((query, at) => ({ query, looks: at % 2 ? far : near }));
}

test("every line ends at dots, and none is cut at a tile's edge, in thirty views", async ({ page, request }) => {
  test.setTimeout(600_000);
  let seen = 0;
  for (const { query, looks } of await views(request)) {
    await page.goto("about:blank");
    await openMap(page, `/?${query}`);
    await stand(page);
    for (const view of looks) {
      await look(page, view);
      const { nodes, flows, zoom, missed } = await drawn(page);
      const where = `${query} ${view}`;
      expect(missed, where).toEqual([]);
      expect(cuts(nodes, flows, zoom), where).toEqual([]);
      seen += 1;
      if (zoom <= 2) expect(await sumOf(request, query, zoom), where).toBe(await linked(request, query));
    }
  }
  expect(seen).toBe(30);
});

/** The lines that end at no node, and not where their tile's buffer ends, 64 units beyond its edge. */
function cuts(nodes, flows, zoom) {
  const positions = new Map(nodes.map(([key, { position }]) => [key, world(position, zoom)]));
  const found = new Set();
  for (const { home, partner, parts } of flows) {
    for (const end of parts.flat()) {
      const at = world(end, zoom);
      const isAtNode = [`home ${home}`, `partner ${partner}`].some((key) => {
        const node = positions.get(key);
        return node && Math.hypot(node[0] - at[0], node[1] - at[1]) <= 16;
      });
      const isBeyond = at.some((n) => [64, EXTENT - 64].some((edge) => Math.abs((((n % EXTENT) + EXTENT) % EXTENT) - edge) <= 3));
      if (!isAtNode && !isBeyond) found.add(`${home}~${partner} ends at ${at.map((n) => (n / EXTENT).toFixed(3))}`);
    }
  }
  return [...found];
}

/** What the flows of a zoom level count, and what they leave out. */
async function sumOf(request, query, zoom) {
  const counted = new Map();
  let leftOut = 0;
  for (let x = 0; x < 2 ** zoom; x += 1) {
    for (let y = 0; y < 2 ** zoom; y += 1) {
      const { flows, level } = await flowTile(request, zoom, x, y, query);
      leftOut = Math.max(leftOut, level.left_out);
      for (const { properties } of flows) counted.set(`${properties.home}~${properties.partner}`, properties.counted);
    }
  }
  return leftOut + [...counted.values()].reduce((sum, one) => sum + one, 0);
}

/** What is lit, and what the card leads to. */
const lit = (page) =>
  page.locator("#map").evaluate((map) => ({ lines: map.atlas.globe.data["links-on"]?.features.length ?? 0, on: map.atlas.shown.chosen }));

test("“Voir sur la carte” lights the line, twenty times of twenty", async ({ page, request }) => {
  test.setTimeout(300_000);
  const { features } = await api(request, "/api/collections/links/items?limit=200");
  const ids = features.filter(({ geometry }) => geometry).map(({ id }) => id);
  for (const [at, id] of ids.filter((_, at) => at % Math.max(1, Math.floor(ids.length / 20)) === 0).slice(0, 20).entries()) {
    await page.goto(at % 2 ? `/en/partnerships/${id}` : `/partenariats/${id}`);
    await page.locator(".mini-map-open a").click();
    await expect(page.locator("#map")).toHaveAttribute("data-state", "ready");
    await expect.poll(() => lit(page)).toEqual({ lines: 1, on: { kind: "partnership", id } });
    await expect(page.locator("#card a").first()).toHaveAttribute("href", new RegExp(`/(partenariats|partnerships)/${id}$`));
    // and it is in view
    await stand(page);
    const inView = await page.locator("#map").evaluate((map) => {
      const { globe } = map.atlas;
      return globe.data["points-on"].features.every(({ geometry }) => {
        const { x, y } = globe.gl.project(geometry.coordinates);
        return x >= 0 && y >= 0 && x <= map.clientWidth && y <= map.clientHeight;
      });
    });
    expect(inView, id).toBe(true);
  }
});

test("what is chosen is in the address: restored, taken back, closed", async ({ page }) => {
  await openMap(page);
  const row = page.locator("#items > li", { has: page.locator("[data-locate]") }).first();
  const id = await row.getAttribute("data-id");
  await row.locator("[data-locate]").click();
  await expect(page).toHaveURL(new RegExp(`on=partnership:${id}`));
  await expect.poll(() => lit(page)).toEqual({ lines: 1, on: { kind: "partnership", id } });
  expect(await page.locator("#share-permalink").inputValue()).toContain(`on=partnership:${id}`);
  expect(await page.locator("#share-embed").inputValue()).toContain(`on=partnership:${id}`);
  await expectStill(page);
  await page.reload();
  await expect(page.locator("#map")).toHaveAttribute("data-state", "ready");
  await expect.poll(() => lit(page)).toEqual({ lines: 1, on: { kind: "partnership", id } });
  await page.keyboard.press("Escape");
  await expect(page.locator("#card")).toBeHidden();
  expect(page.url()).not.toContain("on=");
  expect((await lit(page)).lines).toBe(0);
  await page.goBack();
  await expect(page).toHaveURL(new RegExp(`on=partnership:${id}`));
  await expect.poll(() => lit(page)).toEqual({ lines: 1, on: { kind: "partnership", id } });

  // a line between two dots, at whatever zoom level it is opened
  const { home, partner } = await page.locator("#map").evaluate((map) => {
    const flows = map.atlas.globe.gl.querySourceFeatures("flows", { sourceLayer: "flows" }).map(({ properties }) => properties);
    return flows.reduce((best, flow) => (flow.partnerships > best.partnerships ? flow : best));
  });
  await page.locator("#map").evaluate((map, chosen) => map.atlas.actions.onChosen(chosen, null), { kind: "flow", home, partner });
  await expect(page).toHaveURL(new RegExp(`on=flow:${home}~${partner}`));
  await expect(page.locator("#card")).toBeVisible();
  await expect.poll(async () => (await lit(page)).lines).toBeGreaterThan(0);
  await page.goBack();
  await expect.poll(async () => (await lit(page)).on?.kind).toBe("partnership");
  await page.goForward();
  await expect.poll(async () => (await lit(page)).on?.kind).toBe("flow");
});

test("the largest towns in view are named, each once", async ({ page }) => {
  test.setTimeout(120_000);
  for (const path of ["/", "/en/"]) {
    for (const [zoom, lat, lon] of [[4, 48, 6], [6, 48.5, 3], [8, 48.8, 2.5]]) {
      await page.goto("about:blank");
      await openMap(page, `${path}#${zoom.toFixed(2)}/${lat}/${lon}`);
      await stand(page);
      const { largest, named, twice } = await page.locator("#map").evaluate((map) => {
        const { gl } = map.atlas.globe;
        const inView = new Map();
        for (const { properties, geometry } of gl.querySourceFeatures("flows", { sourceLayer: "nodes" })) {
          const { x, y } = gl.project(geometry.coordinates);
          if (x > 40 && y > 40 && x < map.clientWidth - 40 && y < map.clientHeight - 120) inView.set(`${properties.side} ${properties.id}`, properties);
        }
        const largest = [...inView.values()].sort((a, b) => b.rank - a.rank).slice(0, 30).map(({ label }) => label);
        const names = gl.queryRenderedFeatures({ layers: ["place-names"] }).map(({ properties }) => `${properties.side} ${properties.id} ${properties.label}`);
        const countries = gl.getLayer("country-names") ? gl.queryRenderedFeatures({ layers: ["country-names"] }).map(({ properties }) => properties[`name_${document.documentElement.lang}`]) : [];
        const labels = [...new Set(names)].map((name) => name.split(" ").slice(2).join(" "));
        const all = [...labels, ...countries];
        return { largest, named: largest.filter((label) => labels.includes(label)).length, twice: all.filter((label, at) => all.indexOf(label) !== at) };
      });
      console.log(`${path} at ${zoom}: ${named} of the ${largest.length} largest towns are named`);
      expect(twice, `${path} at ${zoom}`).toEqual([]);
      expect(named, `${path} at ${zoom}: ${largest}`).toBeGreaterThanOrEqual(Math.min(25, Math.floor(largest.length * 0.84)));
    }
  }
});

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

/** Opens the map at a view with a filter. */
async function open(page, query, [zoom, lat, lon], more = "") {
  await page.goto("about:blank");
  await openMap(page, `/?${query}#${zoom.toFixed(2)}/${lat.toFixed(3)}/${lon.toFixed(3)}${more}`);
  await stand(page);
}

/**
 * The nodes and flows that are drawn: of nodes where they are on the screen, of flows every vertex
 * that is no cut at a tile's edge.
 */
function drawn(page) {
  return page.locator("#map").evaluate((map) => {
    const { gl } = map.atlas.globe;
    const nodes = new Map();
    for (const { properties, geometry } of gl.querySourceFeatures("flows", { sourceLayer: "nodes" })) {
      const { x, y } = gl.project(geometry.coordinates);
      nodes.set(`${properties.side} ${properties.id}`, { ...properties, x, y });
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
    return { nodes: [...nodes], flows: [...flows.values()], zoom: Math.min(14, Math.floor(gl.getZoom())) };
  });
}

const EXTENT = 4096;

/** Where a position is in the world, in units of the tiles of a zoom level. */
function world([lon, lat], zoom) {
  const units = EXTENT * 2 ** zoom;
  const rad = (lat * Math.PI) / 180;
  return [((lon + 180) / 360) * units, (0.5 - Math.log(Math.tan(Math.PI / 4 + rad / 2)) / (2 * Math.PI)) * units];
}

/** Views of zooms 1 to 9: of the world, Europe, France, Africa, by filter. */
async function views(request) {
  const { value: town } = await topValue(request, "collectivity");
  const { value: theme } = await topValue(request, "theme");
  const { value: country } = await topValue(request, "country");
  const filters = ["", `country=${country}`, "region=53", `theme=${theme}`, `collectivity=${town}`, "country=ML"];
  const places = [[1.2, 28, 8], [2.4, 40, 10], [3.5, 48, 8], [4.6, 47, 3], [5.5, 48, 0]];
  const near = [[6.3, 48.2, -2.5], [7.2, 48.5, 7.7], [8.1, 45.7, 4.8], [9, 48.8, 2.4], [5.2, 14, -8]];
  return filters.flatMap((query, at) => (at % 2 ? places : near).map((view) => [query, view]));
}

test("every line ends at dots, and none is cut at a tile's edge, in thirty views", async ({ page, request }) => {
  test.setTimeout(600_000);
  const all = await views(request);
  expect(all).toHaveLength(30);
  const sums = new Map();
  for (const [query, view] of all) {
    await open(page, query, view);
    const { nodes, flows, zoom } = await drawn(page);
    const where = `${query} ${view}`;
    expect(flows.length, where).toBeGreaterThan(0);
    const dots = new Map(nodes.map(([key, { x, y }]) => [key, { x, y }]));
    // an end of a part is an end of the line where it lies inside its tile, not beyond the edge
    const missed = await page.locator("#map").evaluate(
      (map, { flows, dots }) => {
        const { gl } = map.atlas.globe;
        const positions = new Map(dots);
        const off = [];
        for (const { home, partner, parts } of flows) {
          for (const [side, id] of [["home", home], ["partner", partner]]) {
            const dot = positions.get(`${side} ${id}`);
            // its tile need not be there where it is not in view
            if (!dot || dot.x < 0 || dot.y < 0 || dot.x > map.clientWidth || dot.y > map.clientHeight) continue;
            const away = parts.flat().map((end) => {
              const at = gl.project(end);
              return Math.hypot(at.x - dot.x, at.y - dot.y);
            });
            if (Math.min(...away) > 2) off.push(`${home}~${partner} misses ${id} by ${Math.min(...away).toFixed(1)}`);
          }
        }
        return off;
      },
      { flows, dots: [...dots] },
    );
    expect(missed, where).toEqual([]);
    // each end of a part is at a node, or beyond an edge of its tile, where the next tile goes on
    const nodeAt = new Map((await allNodes(request, query, zoom)).map((node) => [`${node.side} ${node.id}`, node.at]));
    const seams = new Map();
    for (const { home, partner, parts } of flows) {
      for (const end of parts.flat()) {
        const at = world(end, zoom);
        const isEnd = [["home", home], ["partner", partner]].some(([side, id]) => {
          const node = nodeAt.get(`${side} ${id}`);
          return node && Math.hypot(node[0] - at[0], node[1] - at[1]) <= 16;
        });
        if (isEnd) continue;
        // 64 units beyond an edge
        const beyond = at.some((n) => [64, EXTENT - 64].some((edge) => Math.abs((((n % EXTENT) + EXTENT) % EXTENT) - edge) <= 3));
        if (!beyond) seams.set(`${home}~${partner}`, at.map((n) => n / EXTENT));
      }
    }
    expect([...seams], where).toEqual([]);
    // what is drawn of the zoom level adds up
    const key = `${query} ${zoom}`;
    if (!sums.has(key) && zoom <= 4) sums.set(key, await sumOf(request, query, zoom));
    if (sums.has(key)) expect(sums.get(key), where).toBe(await linked(request, query));
  }
});

/** All nodes of a zoom level, of tiles that have some. */
async function allNodes(request, query, zoom) {
  const found = new Map();
  let tiles = [[0, 0]];
  for (let z = 0; z <= zoom; z += 1) {
    const next = [];
    for (const [x, y] of tiles) {
      const { nodes } = await flowTile(request, z, x, y, query);
      const inside = nodes.filter(({ lines: [[at]] }) => at.x >= 0 && at.x < EXTENT && at.y >= 0 && at.y < EXTENT);
      if (z === zoom) for (const { properties, lines: [[at]] } of inside) found.set(`${properties.side} ${properties.id}`, { ...properties, at: [x * EXTENT + at.x, y * EXTENT + at.y] });
      // a node may stand for places of the tiles beside it, no farther away than 40 pixels a level
      else if (nodes.length > 0) next.push([2 * x, 2 * y], [2 * x + 1, 2 * y], [2 * x, 2 * y + 1], [2 * x + 1, 2 * y + 1]);
    }
    tiles = next;
  }
  return [...found.values()];
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
    await page.goto(at % 2 ? `/en/partenariats/${id}` : `/partenariats/${id}`);
    await page.locator(".mini-map-open a").click();
    await expect(page.locator("#map")).toHaveAttribute("data-state", "ready");
    await expect.poll(() => lit(page)).toEqual({ lines: 1, on: { kind: "partnership", id } });
    await expect(page.locator("#card a").first()).toHaveAttribute("href", new RegExp(`/partenariats/${id}$`));
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

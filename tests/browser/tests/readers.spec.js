// Libraries of maps that other sites read the register with, each from its own npm package: a page of
// another origin opens what the register serves, filters it, writes it and reads it again, and has
// the counts, types and sums of the rows that were imported.
import { execFileSync, spawn } from "node:child_process";
import { createReadStream, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { expect, test } from "@playwright/test";
import { VectorTile } from "@mapbox/vector-tile";
import { PbfReader } from "pbf";

const MODULES = join(import.meta.dirname, "..", "node_modules");
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".png": "image/png" };

/** 60 partnerships with Mali and one with Germany: partial dates, cents, two partners, nothing at all, a place that is not known. */
const ROWS = Array.from({ length: 60 }, (_, at) => ({
  key: `${at}`,
  partner: at % 10 === 9 ? "Zzyzx-sur-Rien" : at % 7 === 0 ? "Bamako|Kayes" : "Bamako",
  country: at % 10 !== 9 && at % 7 === 0 ? "ML|ML" : "ML",
  start: ["1959", "1959-01-01", "2016-12", "2016-12-15", ""][at % 5],
  budget: ["12000", "", "1234.56", "0", "99999999.99", "7"][at % 6],
  themes: at % 3 === 0 ? "sante|sport" : "",
}));
ROWS.push({ key: "de", partner: "Leipzig", country: "DE", start: "1981", budget: "10", themes: "sport" });
const MALI = ROWS.filter((row) => row.country.startsWith("ML"));
const PLACED = ROWS.filter((row) => row.partner !== "Zzyzx-sur-Rien");
const points = (rows) => rows.reduce((sum, row) => sum + (PLACED.includes(row) ? row.partner.split("|").length : 0), 0);

/** What is right of some rows, whoever reads them. */
function expected(rows) {
  const budgets = rows.filter((row) => row.budget !== "");
  return {
    count: rows.length,
    budgets: budgets.length,
    cents: budgets.reduce((sum, row) => sum + Math.round(Number(row.budget) * 100), 0),
    starts: rows.map((row) => row.start || null).sort(),
    themes: rows.reduce((sum, row) => sum + (row.themes === "" ? 0 : row.themes.split("|").length), 0),
  };
}

/** The same of the properties that a reader gives. */
function read(properties) {
  const budgets = properties.map((one) => one.budget_eur).filter((budget) => budget !== null && budget !== undefined);
  expect(budgets.every((budget) => typeof budget === "number")).toBe(true);
  const lists = properties.map((one) => (typeof one.themes === "string" ? JSON.parse(one.themes) : (one.themes ?? [])));
  return {
    count: properties.length,
    budgets: budgets.length,
    cents: budgets.reduce((sum, budget) => sum + Math.round(budget * 100), 0),
    starts: properties.map((one) => one.start ?? null).sort(),
    themes: lists.reduce((sum, list) => sum + list.length, 0),
  };
}

let folder;
let server;
let register;
let site;
let origin;

/** Files of npm packages and of the folder, with ranges, as any host serves them. */
function host() {
  return createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname));
    const file = [folder, MODULES].map((root) => join(root, path)).find((name) => existsSync(name) && statSync(name).isFile());
    if (!file) return void response.writeHead(404).end();
    const { size } = statSync(file);
    const range = /^bytes=(\d+)-(\d+)?$/.exec(request.headers.range ?? "");
    const [start, end] = range ? [Number(range[1]), Math.min(size - 1, Number(range[2] ?? size))] : [0, size - 1];
    const headers = { "content-type": TYPES[extname(file)] ?? "application/octet-stream", "content-length": end - start + 1, "access-control-allow-origin": "*" };
    if (range) headers["content-range"] = `bytes ${start}-${end}/${size}`;
    response.writeHead(range ? 206 : 200, headers);
    createReadStream(file, { start, end }).pipe(response);
  });
}

/** A page of another origin with scripts of packages. */
async function open(page, ...scripts) {
  const tags = scripts.map((script) => `<script src="/${script}"></script>`).join("");
  writeFileSync(join(folder, "page.html"), `<!doctype html><title>x</title><div id="map" style="width: 600px; height: 400px"></div>${tags}`);
  await page.goto(`${origin}/page.html`);
}

test.beforeAll(async () => {
  test.skip(!process.env.ATLAS_TEST_BINARY, "ATLAS_TEST_BINARY names no program to serve the rows with");
  const atlas = (...words) => execFileSync(process.env.ATLAS_TEST_BINARY, words, { stdio: "pipe" });
  folder = mkdtempSync(join(tmpdir(), "atlas-readers-"));
  const database = `sqlite:${join(folder, "atlas.db")}`;
  const lines = ROWS.map((row) => [row.key, "Lyon", "69123", row.partner, row.country, row.start, row.budget, row.themes].join(","));
  const head = "identifiant,collectivite,collectivite_code,partenaire,partenaire_pays,date_debut,budget_eur,themes";
  writeFileSync(join(folder, "rows.csv"), `${[head, ...lines].join("\n")}\n`);
  atlas("import", join(folder, "rows.csv"), "--database", database);
  atlas("export", "partnerships", "--format", "pmtiles", "-o", join(folder, "all.pmtiles"), "--database", database);
  server = spawn(process.env.ATLAS_TEST_BINARY, ["serve", "--database", database, "--listen", "127.0.0.1:0", "--uploads", join(folder, "up")]);
  register = await new Promise((found) => server.stdout.once("data", (line) => found(String(line).match(/http:\/\/[\d.:]+/)[0])));
  site = host().listen(0, "127.0.0.1");
  await new Promise((listening) => site.once("listening", listening));
  origin = `http://127.0.0.1:${site.address().port}`;
});

test.afterAll(() => {
  server?.kill();
  site?.close();
  if (folder) rmSync(folder, { recursive: true });
});

/** The example of a library, word for word as the page of the data has it, on a page of its own. */
async function example(page, name) {
  await page.goto(`${register}/donnees`);
  const text = await page.locator(`[data-example="${name}"] code`).textContent();
  expect(text).toContain(register);
  await page.route("https://unpkg.com/**", (route) => {
    const [, file, path] = /^\/([^@]+)@[^/]+\/(.*)$/.exec(new URL(route.request().url()).pathname);
    return route.fulfill({ path: join(MODULES, file, path), contentType: TYPES[extname(path)], headers: { "access-control-allow-origin": "*" } });
  });
  const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  await page.route("https://tile.openstreetmap.org/**", (route) => route.fulfill({ body: Buffer.from(pixel, "base64"), contentType: "image/png" }));
  writeFileSync(join(folder, "example.html"), text);
  const troubles = [];
  page.on("pageerror", (error) => troubles.push(error.message));
  page.on("console", (said) => said.type() === "error" && troubles.push(said.text()));
  await page.goto(`${origin}/example.html`);
  return troubles;
}

test("Leaflet draws its example of the page of the data", async ({ page }) => {
  const troubles = await example(page, "Leaflet");
  await expect(page.locator(".leaflet-marker-icon")).toHaveCount(points(MALI));
  await page.locator(".leaflet-marker-icon").last().dispatchEvent("click");
  await expect(page.locator(".leaflet-popup")).toContainText("Lyon – ");
  expect(troubles.filter((trouble) => !trouble.includes("favicon") && !trouble.includes("404"))).toEqual([]);
});

test("Leaflet filters by the box that it shows, writes and reads again", async ({ page }) => {
  await open(page, "leaflet/dist/leaflet.js");
  const found = await page.evaluate(async (api) => {
    // the third copy of the world to the east
    const map = L.map("map", { center: [51, 12 + 3 * 360], zoom: 6 });
    const items = async (query) => (await fetch(`${api}/collections/partnerships/items?limit=1000&${query}`)).json();
    const layer = L.geoJSON(await items(""));
    const again = L.geoJSON(layer.toGeoJSON());
    const boxed = (await items(`bbox=${map.getBounds().toBBoxString()}`)).features.filter((feature) => feature.geometry);
    const properties = (of) => of.getLayers().map((one) => one.feature.properties);
    return { read: properties(layer), again: properties(again), boxed: boxed.map((feature) => feature.properties) };
  }, `${register}/api`);
  expect(read(found.read)).toEqual(expected(PLACED));
  expect(read(found.again)).toEqual(expected(PLACED));
  expect(read(found.boxed)).toEqual(expected(ROWS.filter((row) => row.country === "DE")));
});

test("OpenLayers reads features with a filter and a box, writes and reads them again", async ({ page }) => {
  await open(page, "ol/dist/ol.js");
  const found = await page.evaluate(async (api) => {
    const items = `${api}/collections/partnerships/items?limit=1000`;
    const filter = encodeURIComponent("country_code='ML' AND budget_eur>1000.5");
    const load = (source, extent) =>
      new Promise((loaded, failed) => {
        source.once("featuresloadend", () => loaded(source.getFeatures()));
        source.once("featuresloaderror", failed);
        source.loadFeatures(extent, 1, ol.proj.get("EPSG:4326"));
      });
    const format = new ol.format.GeoJSON();
    const source = (url, strategy) => new ol.source.Vector({ format: new ol.format.GeoJSON(), url, strategy });
    const world = [-180, -90, 180, 90];
    const all = await load(source(items, ol.loadingstrategy.all), world);
    const filtered = await load(source(`${items}&filter=${filter}`, ol.loadingstrategy.all), world);
    const boxed = await load(source((extent) => `${items}&bbox=${extent.join(",")}`, ol.loadingstrategy.bbox), [5, 45, 20, 55]);
    const again = format.readFeatures(format.writeFeatures(all));
    const properties = (features) => features.map((feature) => ({ ...feature.getProperties(), geometry: feature.getGeometry()?.getType() ?? null }));
    const placed = (features) => features.filter((feature) => feature.getGeometry());
    return { all: properties(all), filtered: properties(filtered), boxed: properties(placed(boxed)), again: properties(again) };
  }, `${register}/api`);
  expect(read(found.all)).toEqual(expected(ROWS));
  expect(read(found.again)).toEqual(expected(ROWS));
  expect(read(found.filtered)).toEqual(expected(MALI.filter((row) => Number(row.budget) > 1000.5)));
  expect(read(found.boxed)).toEqual(expected(ROWS.filter((row) => row.country === "DE")));
});

test("OpenLayers reads tiles by their tile set (OGC API – Tiles)", async ({ page }) => {
  await open(page, "ol/dist/ol.js");
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  const found = await page.evaluate(async (url) => {
    const source = new ol.source.OGCVectorTile({ url, format: new ol.format.MVT({ featureClass: ol.Feature }) });
    await new Promise((described) => source.on("change", () => source.getState() !== "loading" && described()));
    const layer = new ol.layer.VectorTile({ source });
    const map = new ol.Map({ target: "map", layers: [layer], view: new ol.View({ center: [0, 0], zoom: 0, multiWorld: true }) });
    await new Promise((drawn) => map.once("rendercomplete", drawn));
    return layer.getFeaturesInExtent([-2.1e7, -2.1e7, 2.1e7, 2.1e7]).map((feature) => feature.getProperties());
  }, `${register}/api/collections/partnerships/tiles/WebMercatorQuad?country=ML`);
  expect(found.reduce((sum, one) => sum + one.count, 0)).toBe(MALI.filter((row) => PLACED.includes(row)).length);
  expect(asked.some((address) => address.includes("/tileMatrixSets/WebMercatorQuad"))).toBe(true);
  expect(asked.filter((address) => !address.startsWith(register) && !address.startsWith(origin) && !/^(blob|data):/.test(address))).toEqual([]);
});

test("MapLibre draws its example of the page of the data", async ({ page }) => {
  const troubles = await example(page, "MapLibre");
  const canvas = page.locator(".maplibregl-canvas");
  await expect(canvas).toBeVisible();
  // Bamako, where the map's middle is 0 east, 30 north, at 512 pixels of a tile
  const scale = (512 * 2 ** 2) / 360;
  const mercator = (lat) => (Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) * 180) / Math.PI;
  const { width, height } = await canvas.boundingBox();
  const position = { x: width / 2 + -8 * scale, y: height / 2 - (mercator(12.65) - mercator(30)) * scale };
  await expect(async () => {
    await canvas.click({ position });
    await expect(page.locator(".maplibregl-popup")).toContainText("Lyon – Bamako", { timeout: 1000 });
  }).toPass();
  expect(troubles.filter((trouble) => !trouble.includes("favicon") && !trouble.includes("404"))).toEqual([]);
});

test("MapLibre reads features and tiles with a filter", async ({ page }) => {
  await open(page);
  const found = await page.evaluate(
    async ([api, tiles]) => {
      const { Map } = await import("/maplibre-gl/dist/maplibre-gl.mjs");
      const map = new Map({
        container: "map", center: [0, 20], zoom: 0,
        style: {
          version: 8,
          sources: {
            features: { type: "geojson", data: `${api}/collections/partnerships/items?limit=1000&country=ML` },
            tiles: { type: "vector", url: `${tiles}/partnerships.json?country=ML` },
          },
          layers: [
            { id: "features", type: "circle", source: "features" },
            { id: "tiles", type: "circle", source: "tiles", "source-layer": "partnerships" },
          ],
        },
      });
      await map.once("idle");
      const data = await map.getSource("features").getData();
      return {
        features: data.features.map((feature) => feature.properties),
        drawn: map.queryRenderedFeatures({ layers: ["features"] }).map((feature) => feature.properties),
        tiles: map.querySourceFeatures("tiles", { sourceLayer: "partnerships" }).map((feature) => feature.properties),
      };
    },
    [`${register}/api`, `${register}/tiles`],
  );
  const placed = MALI.filter((row) => PLACED.includes(row));
  expect(read(found.features)).toEqual(expected(MALI));
  expect(new Set(found.drawn.map((one) => one.id)).size).toBe(placed.length);
  expect(found.tiles.reduce((sum, one) => sum + one.count, 0)).toBe(placed.length);
});

// what has no geometry is in the file, as the specification allows, and this reader cannot read it: a box leaves it out
test("FlatGeobuf reads boxes of a file by ranges, filtered files whole, writes and reads again", async ({ page }) => {
  await open(page, "flatgeobuf/dist/flatgeobuf-geojson.min.js");
  const answers = [];
  page.on("response", (answer) => answer.url().includes(".fgb") && answers.push(answer.status()));
  const found = await page.evaluate(async (url) => {
    const all = async (features) => {
      const list = [];
      for await (const feature of features) list.push(feature);
      return list;
    };
    const world = await all(flatgeobuf.deserialize(url, { rect: { minX: -180, minY: -90, maxX: 180, maxY: 90 } }));
    const boxed = await all(flatgeobuf.deserialize(url, { rect: { minX: 5, minY: 45, maxX: 20, maxY: 55 } }));
    const filter = encodeURIComponent("country_code='ML' AND geometry IS NOT NULL");
    const filtered = await all(flatgeobuf.deserialize((await fetch(`${url}?filter=${filter}`)).body));
    // its writer takes what is absent for an empty text, and null for nothing
    const names = new Set(world.flatMap((feature) => Object.keys(feature.properties)));
    const nothing = Object.fromEntries([...names].map((name) => [name, null]));
    const features = world.map((feature) => ({ ...feature, properties: { ...nothing, ...feature.properties } }));
    const bytes = flatgeobuf.serialize({ type: "FeatureCollection", features });
    const again = await all(flatgeobuf.deserialize(new Response(bytes).body));
    const properties = (features) => features.map((feature) => feature.properties);
    return { world: properties(world), boxed: properties(boxed), filtered: properties(filtered), again: properties(again) };
  }, `${register}/api/export/partnerships.fgb`);
  expect(read(found.world)).toEqual(expected(PLACED));
  expect(read(found.boxed)).toEqual(expected(ROWS.filter((row) => row.country === "DE")));
  expect(read(found.filtered)).toEqual(expected(MALI.filter((row) => PLACED.includes(row))));
  expect(read(found.again)).toEqual(expected(PLACED));
  expect(answers).toContain(206);
});

test("PMTiles reads the file of tiles on a host of files", async ({ page }) => {
  await open(page, "pmtiles/dist/pmtiles.js");
  const found = await page.evaluate(async (url) => {
    const file = new pmtiles.PMTiles(url);
    const header = await file.getHeader();
    const tile = await file.getZxy(0, 0, 0);
    return { header, metadata: await file.getMetadata(), tile: [...new Uint8Array(tile.data)] };
  }, `${origin}/all.pmtiles`);
  expect(found.header.minZoom).toBe(0);
  const { layers } = new VectorTile(new PbfReader(Uint8Array.from(found.tile)));
  const features = Array.from({ length: layers.partnerships.length }, (_, at) => layers.partnerships.feature(at).properties);
  expect(features.reduce((sum, one) => sum + one.count, 0)).toBe(PLACED.length);
  const [{ attributes, count }] = found.metadata.tilestats.layers;
  expect(count).toBe(ROWS.length);
  const types = Object.fromEntries(attributes.map(({ attribute, type }) => [attribute, type]));
  for (const one of features) for (const [name, value] of Object.entries(one)) expect(typeof value, name).toBe(types[name]);
});

// Ten questions of those for whom the atlas is made, from the first page to the answer, by keyboard
// alone. Map, list, numbers, address and files say what the API says each time.
import { readFile } from "node:fs/promises";
import { api, expect, expectAgreement, linked, openMap, test, topValue } from "./atlas.js";

/** Goes to an element by the Tab key, from where the focus is. */
async function reach(page, locator) {
  await expect(locator).toBeAttached();
  for (let step = 0; step < 250; step += 1) {
    if (await locator.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${locator} cannot be reached by Tab`);
}

/** Goes to a link or button and presses it. */
async function press(page, locator, key = "Enter") {
  await reach(page, locator);
  await page.keyboard.press(key);
}

/** Opens a filter, ticks a value and closes it. */
async function tick(page, dimension, value) {
  const summary = page.locator(`details[data-facet="${dimension}"] summary`);
  await press(page, summary);
  await press(page, page.locator(`[id="${dimension}-${value}"]`), "Space");
  await expect(page.locator(`[id="${dimension}-${value}"]`)).toBeChecked();
  await page.keyboard.press("Escape");
  await expect(summary).toBeFocused();
}

/** Takes a file of the share panel away; gives its text. */
async function download(page, label) {
  await press(page, page.locator("#share > summary"));
  const link = page.locator("#share .formats a", { hasText: label }).first();
  const [file] = await Promise.all([page.waitForEvent("download"), press(page, link)]);
  return readFile(await file.path(), "utf8");
}

const items = (request, query, more = "limit=1") => api(request, `/api/collections/partnerships/items?${query}&${more}`);

test("1. Which towns of Brittany work with Mali, on what, since when? As a spreadsheet.", async ({ page, request }) => {
  await openMap(page);
  await tick(page, "region", "53");
  await tick(page, "country", "ML");
  const { features, numberMatched } = await expectAgreement(page, request, "region=53&country=ML");
  expect(numberMatched).toBeGreaterThan(0);
  await expect(page.locator("#sentence")).toContainText("Mali");
  for (const { properties } of features) {
    const row = page.locator("#items > li", { hasText: properties.collectivity_name }).first();
    for (const theme of properties.theme_labels) await expect(row).toContainText(theme);
    if (properties.start) await expect(row).toContainText(properties.start.slice(0, 4));
  }
  // and these are the lines on the map, not those of before
  const lines = () =>
    page.locator("#map").evaluate((map) => {
      const flows = map.atlas.globe.gl.querySourceFeatures("flows", { sourceLayer: "flows" }).map(({ properties }) => properties);
      const different = new Map(flows.map(({ home, partner, counted }) => [`${home} ${partner}`, counted]));
      return [...different.values()].reduce((sum, counted) => sum + counted, 0);
    });
  const wanted = await linked(request, "region=53&country=ML");
  await expect.poll(lines).toBe(wanted);
  const csv = await download(page, "CSV");
  for (const { properties } of features) expect(csv).toContain(properties.title);
  expect(csv.trim().split(/\r?\n/)).toHaveLength(numberMatched + 1);
});

test("2. How many partnerships has my town? May I quote that?", async ({ page, request }) => {
  const { value: code, label: name, count } = await topValue(request, "collectivity");
  await openMap(page);
  await reach(page, page.locator("#q"));
  await page.keyboard.type(name.slice(0, 5));
  const option = page.locator("#suggestions li[data-kind=collectivity]", { hasText: name }).first();
  await expect(option).toBeVisible();
  while ((await option.getAttribute("aria-selected")) !== "true") await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const { numberMatched } = await expectAgreement(page, request, `collectivity=${code}`);
  expect(numberMatched).toBe(count);
  await press(page, page.locator("#overview a"));
  await expect(page).toHaveURL(`/collectivites/${code}`);
  await expect(page.locator("h1")).toHaveText(name);
  await press(page, page.locator("#share > summary"));
  const citation = page.locator("#share-citation");
  await reach(page, citation);
  expect(await citation.inputValue()).toContain(`/collectivites/${code}`);
});

test("3. Who works in Senegal on water, and whom would we meet there?", async ({ page, request }) => {
  await openMap(page);
  await tick(page, "theme", "eau-assainissement");
  await tick(page, "country", "SN");
  const { features } = await expectAgreement(page, request, "theme=eau-assainissement&country=SN");
  await page.goto("/pays/SN");
  for (const { properties } of features) await expect(page.locator("main")).toContainText(properties.collectivity_name);
  await press(page, page.locator('main a[href*="eau-assainissement"]').first());
  await expect(page.locator("main")).toContainText("Eau");
});

test("4. Is our record right, who says so, and what changed in it?", async ({ page, request }) => {
  const { features } = await items(request, "status=en_cours", "limit=1&sortby=title");
  const [{ id, properties }] = features;
  await openMap(page, "/?status=en_cours");
  await press(page, page.locator(`#items > li[data-id="${id}"] a`));
  await expect(page).toHaveURL(`/partenariats/${id}`);
  await expect(page.locator("h1")).toHaveText(properties.title);
  await expect(page.locator(".verification")).toBeVisible();
  const { versions } = await api(request, `/api/partnerships/${id}/history`);
  await expect(page.locator("ol.history > li")).toHaveCount(versions.length);
  const { facets } = await api(request, "/api/facets");
  const source = facets.source.find(({ value }) => value === properties.source);
  await expect(page.locator("main")).toContainText(source.label);
});

test("5. I am at an embassy: what is there in my country, and how do I hear of changes?", async ({ page, request }) => {
  const { value: code, label: name, count } = await topValue(request, "country");
  await page.goto(`/pays/${code}`);
  await expect(page.locator("h1")).toHaveText(name);
  await expect(page.locator(".figures")).toContainText(String(count));
  const feed = await page.locator('link[type="application/atom+xml"]').first().getAttribute("href");
  const answer = await request.get(feed);
  expect(answer.headers()["content-type"]).toContain("atom");
  expect((await answer.text()).match(/<entry>/g)?.length).toBeGreaterThan(0);
});

test("6. How does our region compare with its neighbour?", async ({ page, request }) => {
  const { facets } = await api(request, "/api/facets");
  const [first, second] = facets.region;
  await page.goto(`/comparer?a=region-${first.value}&b=region-${second.value}`);
  await expect(page.locator("main")).toContainText(first.label);
  await expect(page.locator("main")).toContainText(second.label);
  for (const { count } of [first, second]) await expect(page.locator("main")).toContainText(new RegExp(`(?<!\\d)${count}(?!\\d)`));
  await reach(page, page.locator("#choice-a"));
});

test("7. What did these links look like in 1980?", async ({ page, request }) => {
  await openMap(page);
  const year = page.locator("#timeline-year");
  await reach(page, year);
  await page.keyboard.press("Home");
  const first = Number(await year.inputValue());
  for (let at = first; at < 1980; at += 1) await page.keyboard.press("ArrowRight");
  await expect(page.locator("#timeline-now")).toHaveText("1980");
  const { numberMatched } = await expectAgreement(page, request, "year=1980");
  const now = await items(request, "");
  expect(numberMatched).toBeLessThan(now.numberMatched);
  await page.goBack();
  await expect(page.locator("#timeline-now")).not.toHaveText("1980");
});

test("8. I make maps: where is just this as GeoJSON?", async ({ page, request }) => {
  await openMap(page, "/?kind=jumelage");
  const collection = JSON.parse(await download(page, "GeoJSON"));
  const { numberMatched } = await items(request, "kind=jumelage");
  expect(collection.features).toHaveLength(numberMatched);
  expect(collection.features.every(({ properties }) => properties.kind === "jumelage")).toBe(true);
});

test.describe("9.", () => {
  test.use({ geolocation: { longitude: -1.68, latitude: 48.11 }, permissions: ["geolocation"] });

  test("What do the towns around me do?", async ({ page, request }) => {
    await openMap(page);
    await press(page, page.locator("#my-territory"));
    await expectAgreement(page, request, "department=35");
    await expect(page.locator("#sentence")).toContainText("Ille-et-Vilaine");
  });
});

test("10. With which countries does France work most, and from which régions?", async ({ page, request }) => {
  await openMap(page);
  await reach(page, page.locator('input[name="by"]').first());
  await page.keyboard.press("ArrowRight");
  await expect(page.locator("#map")).toHaveAttribute("data-by", "country");
  const top = await topValue(request, "country");
  await expect(page.locator("#legend-shades")).toContainText(new Intl.NumberFormat("fr").format(top.count));
  await press(page, page.locator("#views a", { hasText: "Graphiques" }));
  await expect(page).toHaveURL(/view=charts/);
  const bar = page.locator("#chart-countries .chart-bars a").first();
  await expect(bar).toContainText(top.label);
  await press(page, bar);
  await expect(page).toHaveURL(new RegExp(`country=${top.value}`));
  await expect(page.locator("#results")).toHaveAttribute("data-matched", String(top.count));
});

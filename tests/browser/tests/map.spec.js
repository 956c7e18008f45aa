// The map's page: map, list, sentence and address agree with the API, whatever is clicked.
import { api, choose, expect, expectAgreement, expectDrawn, expectStill, openMap, test, topValue } from "./atlas.js";

test("filtering by region and theme changes map, list, sentence and address together", async ({ page, request }) => {
  const region = await topValue(request, "region");
  const theme = await topValue(request, "theme", `region=${region.value}`);
  await openMap(page);
  await expectAgreement(page, request, "");

  await choose(page, "region", region.value);
  await expectAgreement(page, request, `region=${region.value}`);
  await choose(page, "theme", theme.value);
  const items = await expectAgreement(page, request, `region=${region.value}&theme=${theme.value}`);
  expect(items.numberMatched).toBe(theme.count);
  await expect(page.locator(".chip")).toHaveCount(2);
  await expect(page.locator("#announcer")).toHaveText(await page.locator("#sentence").textContent());

  // the counts beside the boxes are those of the API, each dimension ignoring its own selection
  const { facets } = await api(request, `/api/facets?region=${region.value}&theme=${theme.value}`);
  for (const dimension of ["region", "theme", "country", "kind"]) {
    const shown = await page
      .locator(`#facet-${dimension} > li`)
      .evaluateAll((rows) => Object.fromEntries(rows.map((row) => [row.dataset.value, Number(row.dataset.count)])));
    expect(shown).toEqual(Object.fromEntries(facets[dimension].map(({ value, count }) => [value, count])));
  }

  await page.locator(".chip").first().click();
  await expectAgreement(page, request, `theme=${theme.value}`);
  await page.locator("#chips .reset").click();
  await expectAgreement(page, request, "");
});

test("back and forward bring filters, list and map back", async ({ page, request }) => {
  const region = await topValue(request, "region");
  const kind = await topValue(request, "kind", `region=${region.value}`);
  await openMap(page);
  await choose(page, "region", region.value);
  await expectAgreement(page, request, `region=${region.value}`);
  await choose(page, "kind", kind.value);
  await expectAgreement(page, request, `region=${region.value}&kind=${kind.value}`);
  await page.goBack();
  await expectAgreement(page, request, `region=${region.value}`);
  await expect(page.locator(`[id="kind-${kind.value}"]`)).not.toBeChecked();
  await page.goBack();
  await expectAgreement(page, request, "");
  await page.goForward();
  await page.goForward();
  await expectAgreement(page, request, `region=${region.value}&kind=${kind.value}`);
  await expect(page.locator(`[id="kind-${kind.value}"]`)).toBeChecked();
});

test("words are searched for while they are typed", async ({ page, request }) => {
  const { features } = await api(request, "/api/collections/partnerships/items?limit=1&sortby=title");
  const word = features[0].properties.collectivity_name.split(/[\s'-]/)[0];
  await openMap(page);
  await page.locator("#q").pressSequentially(word, { delay: 30 });
  await expectAgreement(page, request, `q=${encodeURIComponent(word)}`);
  await expect(page.locator("#q")).toBeFocused();
});

test("an address opens as it was left: filters, view and language", async ({ page, request }) => {
  const region = await topValue(request, "region");
  await openMap(page, `/?region=${region.value}#4.00/46.000/2.000`);
  await expectAgreement(page, request, `region=${region.value}`);
  expect(page.url()).toContain("#4.00/46.000/2.000");
  await page.locator("#other-language").click();
  await expect(page).toHaveURL(new RegExp(`/en/\\?region=${region.value}`));
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await expect(page.locator("#map")).toHaveAttribute("data-state", "ready");
  await expect(page.locator("#sentence")).toContainText("partnership");
  await expectAgreement(page, request, `region=${region.value}`);
});

test("a place is a filter like any other, whichever way it was chosen, and the map goes to it", async ({ page, request }) => {
  const { value: code, label: name } = await topValue(request, "collectivity");
  const seen = (zoom) => page.locator("#map").evaluate((map, zoom) => map.atlas.globe.shows(["home"]) && (!zoom || map.atlas.globe.view.zoom < zoom), zoom);
  // an address of before: the place is written as a filter, and nothing else remains of it
  await openMap(page, `/#5.00/46.000/2.000&place=home:${code}`);
  await expect(page).toHaveURL(new RegExp(`collectivity=${code}#`));
  expect(page.url()).not.toContain("place=");
  await expectAgreement(page, request, `collectivity=${code}`);
  await expect(page.locator("#sentence")).toContainText(name);
  await expect(page.locator("#overview a")).toHaveAttribute("href", `/collectivites/${code}`);
  await page.locator(".chip").click();
  await expectAgreement(page, request, "");

  // a press on the map, far from where the place's links can be seen
  await page.goto("/#15.00/0.000/0.000");
  await page.reload();
  await expect(page.locator("#map")).toHaveAttribute("data-state", "ready");
  expect(await seen()).toBe(false);
  await page.locator("#map").evaluate((map, key) => map.atlas.actions.onPlace({ side: "home", key }), code);
  await expectAgreement(page, request, `collectivity=${code}`);
  await expectStill(page);
  await expect.poll(() => seen(9)).toBe(true);
  await page.goBack();
  await expectAgreement(page, request, "");
  await page.goForward();
  await expectAgreement(page, request, `collectivity=${code}`);
});

test("a partnership of the list is found on the map, and its card leads to its record", async ({ page }) => {
  await openMap(page);
  const row = page.locator("#items > li", { has: page.locator("[data-locate]") }).first();
  const id = await row.getAttribute("data-id");
  await row.locator("[data-locate]").click();
  const link = page.locator("#card a").first();
  await expect(link).toHaveAttribute("href", `/partenariats/${id}`);
  await page.keyboard.press("Escape");
  await expect(page.locator("#card")).toBeHidden();
});

test("nothing found offers to take a filter off", async ({ page, request }) => {
  await openMap(page, "/?q=zzyzzxqq&status=en_cours");
  await expectAgreement(page, request, "q=zzyzzxqq&status=en_cours");
  await expect(page.locator(".empty")).toBeVisible();
  await page.locator(".relax a").first().click();
  await expectAgreement(page, request, "status=en_cours");
});

test("words with a typo lead to what was meant, and what has no position to its list", async ({ page, request }) => {
  await openMap(page, "/?q=Kayez");
  await page.locator(".meant a", { hasText: "Région de Kayes" }).click();
  await expect(page.locator("#results")).not.toHaveAttribute("data-matched", "0");
  await expect(page.locator("#q")).toHaveValue(/Kayes/);

  await openMap(page, "/?theme=eau-assainissement");
  const { numberMatched } = await api(request, "/api/collections/partnerships/items?theme=eau-assainissement&filter=geometry%20IS%20NULL&limit=1");
  await expect(page.locator("#unplaced")).toContainText(String(numberMatched));
  await page.locator("#unplaced").click();
  await expectAgreement(page, request, "theme=eau-assainissement&filter=geometry+IS+NULL");
  await expect(page.locator("#results")).toHaveAttribute("data-matched", String(numberMatched));
  await expect(page.locator(".chip", { hasText: "sans position" })).toBeVisible();
});

test("words that mean an area abroad or a country lead the map there", async ({ page }) => {
  const isIn = ([west, south, east, north]) => page.locator("#map").evaluate((map, [west, south, east, north]) => {
    const { lon, lat, zoom } = map.atlas.globe.view;
    return lon > west && lon < east && lat > south && lat < north && zoom > 2;
  }, [west, south, east, north]);
  await openMap(page);
  for (const [words, box] of [["kayes", [-16, 9, -5, 19]], ["Vietnam", [98, 8, 112, 24]]]) {
    await page.locator("#q").fill(words);
    await page.locator("#q").press("Enter");
    await expect.poll(() => isIn(box)).toBe(true);
  }
});

test("records that nobody has checked are found on the map too", async ({ page, request }) => {
  await openMap(page);
  await page.locator('details[data-facet="more"] > summary').click();
  await page.locator("#filter").selectOption("verified_on IS NULL");
  const { numberMatched } = await expectAgreement(page, request, "filter=verified_on+IS+NULL");
  expect(numberMatched).toBeGreaterThan(0);
  const since = await page.locator("#verified_since option").last().getAttribute("value");
  await page.locator("#filter").selectOption("");
  await page.locator("#verified_since").selectOption(since);
  await expectAgreement(page, request, `verified_since=${since}`);
  await page.locator("#verified_since").selectOption("");
  await page.locator("#year").fill("2015");
  await page.locator("#year").press("Enter");
  await expectAgreement(page, request, "year=2015");
  // shaded areas count the same as the filter's
  await openMap(page, "/?filter=start+IS+NULL#by=country");
  await expectStill(page);
  const areas = await page.locator("#map").evaluate((map) => [...map.atlas.shades.areas].map(([code, { count }]) => [code, count]));
  const { facets } = await api(request, "/api/facets?filter=start+IS+NULL&limit=1000");
  expect(Object.fromEntries(areas)).toEqual(Object.fromEntries(facets.country.map(({ value, count }) => [value, count])));
});

test("what is pointed at in the list is lit on the map, whose lines have no needless corners", async ({ page }) => {
  await openMap(page);
  await expectStill(page);
  const layer = () => page.locator("#map").evaluate((map) => map.atlas.globe.gl.getLayoutProperty("links-on", "visibility"));
  expect(await layer()).toBe("none");
  await page.locator("#items > li", { has: page.locator("[data-locate]") }).first().hover();
  await expect.poll(layer).toBe("visible");
  await page.locator("#q").hover();
  await expect.poll(layer).toBe("none");
  // MapLibre keeps this to itself: a new version may need another way
  const cuts = await page.locator("#map").evaluate((map) => {
    const { line, fill, tile, stencil } = map.atlas.globe.gl.style.projection.subdivisionGranularity;
    return [line, fill, tile, stencil].map((one) => one.getGranularityForZoomLevel(0));
  });
  expect(cuts).toEqual([32, 32, 64, 32]);
});

test("the map is drawn by few programs, each of which takes long to build", async ({ page }) => {
  await page.addInitScript(() => {
    const real = WebGL2RenderingContext.prototype.linkProgram;
    window.programs = 0;
    WebGL2RenderingContext.prototype.linkProgram = function (program) {
      window.programs += 1;
      return real.call(this, program);
    };
  });
  await openMap(page);
  await expectStill(page);
  // sea, mask, land, borders, lines, dots; then names of places, names of countries, what keeps names off dots
  await expect.poll(() => page.evaluate(() => window.programs)).toBe(9);
});

test("of other filters one picture is drawn when it is whole, and none before", async ({ page, request }) => {
  const theme = await topValue(request, "theme");
  await openMap(page);
  await expectStill(page);
  await page.route("**/tiles/flows/**", async (route) => {
    await new Promise((done) => setTimeout(done, 150));
    await route.continue();
  });
  const early = page.locator("#map").evaluate((map) => new Promise((done) => {
    const { globe } = map.atlas;
    let frames = 0;
    const look = () => {
      // a machine that is too busy for that sees what there is by then
      if (!globe.gl.isSourceLoaded("flows") && performance.now() < globe.held) return (frames += 1);
      globe.gl.off("render", look);
      done(frames);
    };
    document.addEventListener("change", () => globe.gl.on("render", look), { once: true });
  }));
  await choose(page, "theme", theme.value);
  // one frame may have been on its way, of what was there
  expect(await early).toBeLessThanOrEqual(1);
  await expectAgreement(page, request, `theme=${theme.value}`);
});

test("the list goes on", async ({ page, request }) => {
  const { numberMatched } = await api(request, "/api/collections/partnerships/items?limit=1");
  test.skip(numberMatched <= 50, "the register is too small for a second page");
  await openMap(page);
  await page.locator("#more a").click();
  await expect(page.locator("#items > li")).toHaveCount(Math.min(100, numberMatched));
  const { features } = await api(request, "/api/collections/partnerships/items?limit=100&sortby=title");
  const listed = await page.locator("#items > li").evaluateAll((rows) => rows.map((row) => row.dataset.id));
  expect(listed).toEqual(features.map((feature) => feature.id));
});

test("without WebGL a message says so, and list and filters still work", async ({ page, request }) => {
  await page.addInitScript(() => {
    const real = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
      return /webgl/.test(kind) ? null : real.call(this, kind, ...rest);
    };
  });
  await page.goto("/");
  await expect(page.locator("#map-message")).toContainText("WebGL");
  const region = await topValue(request, "region");
  await choose(page, "region", region.value);
  await expect(page.locator("#results")).toHaveAttribute("data-matched", String(region.count));
});

test("a place that is typed is suggested, and chosen by keyboard", async ({ page, request }) => {
  const { value: code, label: name } = await topValue(request, "collectivity");
  await openMap(page);
  await page.locator("#q").pressSequentially(name.slice(0, 4), { delay: 20 });
  const option = page.locator("#suggestions li[data-kind=collectivity]", { hasText: name }).first();
  await expect(option).toBeVisible();
  await expect(page.locator("#q")).toHaveAttribute("aria-expanded", "true");
  while ((await option.getAttribute("aria-selected")) !== "true") await page.keyboard.press("ArrowDown");
  await expect(page.locator("#q")).toHaveAttribute("aria-activedescendant", await option.getAttribute("id"));
  await page.keyboard.press("Enter");
  await expect(page.locator("#sentence")).toContainText(name);
  await expectAgreement(page, request, `collectivity=${code}`);
});

test("countries and régions are shaded by their number, and a press filters", async ({ page, request }) => {
  await openMap(page, "/?status=en_cours#3.50/50.000/10.000");
  await page.locator('input[name="by"][value="country"]').check({ force: true });
  await expect(page.locator("#map")).toHaveAttribute("data-by", "country");
  await expect(page).toHaveURL(/by=country/);
  const { features } = await api(request, "/api/collections/countries/items?status=en_cours&limit=1000");
  const most = Math.max(...features.map(({ properties }) => properties.partnerships));
  const digits = async () => (await page.locator("#legend-shades li").last().textContent()).replace(/[\s\u202f]/g, "");
  expect(await digits()).toMatch(new RegExp(`${most}$`));
  // the middle of the map is in Germany; a press waits for the shades, should they still be drawn
  const box = await page.locator("#map").boundingBox();
  const covered = await page.locator("#timeline").evaluate((bar) => document.getElementById("map").getBoundingClientRect().bottom - bar.getBoundingClientRect().top);
  await page.mouse.click(box.x + box.width / 2, box.y + (box.height - covered) / 2);
  await expect(page.locator("#map")).toHaveAttribute("data-query", "status=en_cours&country=DE");
  const { numberMatched } = await api(request, "/api/collections/partnerships/items?status=en_cours&country=DE&limit=1");
  await expect(page.locator("#results")).toHaveAttribute("data-matched", String(numberMatched));
  await page.locator('input[name="by"][value="region"]').check({ force: true });
  await expect(page.locator("#map")).toHaveAttribute("data-by", "region");
  await page.reload();
  await expect(page.locator("#map")).toHaveAttribute("data-by", "region");
  await expect(page.locator('input[name="by"][value="region"]')).toBeChecked();
});

test("the map goes to where the results are, but not against its user", async ({ page, request }) => {
  const shows = () => page.locator("#map").evaluate((map) => map.atlas.globe.shows(["partner"]) && map.atlas.globe.shows(["home"]));
  const view = () => page.locator("#map").evaluate((map) => Object.values(map.atlas.globe.view).map((number) => number.toFixed(2)).join(" "));
  await openMap(page);
  const first = await view();
  // the partners of a région are everywhere: no reason to go
  const region = await topValue(request, "region");
  await choose(page, "region", region.value);
  await expectAgreement(page, request, `region=${region.value}`);
  await expectStill(page);
  expect(await view()).toBe(first);

  await page.locator(".chip").click();
  await choose(page, "country", "JP");
  await expectAgreement(page, request, "country=JP");
  await expect.poll(view).not.toBe(first);
  await expectStill(page);
  await expect.poll(shows).toBe(true);
  const japan = await page.evaluate(() => document.getElementById("map").atlas.globe.view);
  expect(japan.lon).toBeGreaterThan(30);

  // an address says where to look
  await page.goto("/?country=JP#5.00/46.000/2.000");
  await page.reload();
  await expect(page.locator("#map")).toHaveAttribute("data-state", "ready");
  expect(await view()).toBe("5.00 46.00 2.00");
  await choose(page, "country", "DE");
  await expectAgreement(page, request, "country=JP&country=DE");
  await expect.poll(view).not.toBe("5.00 46.00 2.00");
  await page.goBack();
  await expect.poll(view).toBe("5.00 46.00 2.00");
  await expectAgreement(page, request, "country=JP");

  // without a view in it, results are in view at once
  await page.goto("/?country=SN");
  await expect(page.locator("#map")).toHaveAttribute("data-state", "ready");
  await expect.poll(shows).toBe(true);
  const senegal = await page.evaluate(() => document.getElementById("map").atlas.globe.view);
  expect(senegal.zoom).toBeGreaterThan(2.3);
});

test("a year on the time line is a filter; playing goes through the years", async ({ page, request }) => {
  await openMap(page);
  const year = page.locator("#timeline-year");
  await year.focus();
  for (let step = 0; step < 5; step += 1) await page.keyboard.press("ArrowLeft");
  const chosen = await year.inputValue();
  expect(Number(chosen)).toBe(Number(await year.getAttribute("max")) - 5);
  await expectAgreement(page, request, `year=${chosen}`);
  const { years } = await api(request, "/api/facets");
  const count = years.find((one) => String(one.year) === chosen)?.count ?? 0;
  const said = (await year.getAttribute("aria-valuetext")).replace(/[\s\u202f]/g, "");
  expect(said).toContain(`${chosen}:${count}`);
  // a year by a step, which a finger could not do on the line
  await page.locator("#timeline-earlier").click();
  await expectAgreement(page, request, `year=${Number(chosen) - 1}`);
  await expect(page.locator("#timeline-now")).toHaveText(String(Number(chosen) - 1));
  // two presses are two years, however soon
  await page.locator("#timeline-later").dblclick();
  await expectAgreement(page, request, `year=${Number(chosen) + 1}`);
  await page.locator("#timeline-all").click();
  await expectAgreement(page, request, "");
  await expect(page.locator("#timeline-later")).toBeHidden();

  await page.locator("#timeline-play").click();
  await expect(page.locator("#timeline-play")).toHaveAttribute("aria-pressed", "true");
  const first = Number(await year.getAttribute("min"));
  await expect.poll(async () => Number(await year.inputValue())).toBeGreaterThanOrEqual(first + 2);
  await page.locator("#timeline-play").click();
  await expect(page.locator("#timeline-play")).toHaveAttribute("aria-pressed", "false");
  // the year that was asked for last is still to come
  await expectAgreement(page, request, await page.evaluate(() => location.search.slice(1)));
  await expect(year).toHaveValue(new URL(page.url()).searchParams.get("year"));
});

test("the time line says what it leaves out, and where it has nothing to show", async ({ page, request }) => {
  const undated = await api(request, "/api/collections/partnerships/items?filter=start%20IS%20NULL&limit=1");
  expect(undated.numberMatched).toBeGreaterThan(0);
  const note = page.locator("#timeline-note");
  await openMap(page, "/?year=2015");
  await expect(note).toContainText(`${undated.numberMatched} sans date de début, laissé`);
  await page.locator("#timeline-all").click();
  await expect(note).toContainText("de la frise");
  // it leads to them; several years, and one outside of the line, leave them out too
  await note.locator("a").click();
  await expectAgreement(page, request, "filter=start+IS+NULL");
  await expect(page.locator("#results")).toHaveAttribute("data-matched", String(undated.numberMatched));
  for (const [query, said] of [["year=2015&year=2016", "2 années"], ["year=1802", "1802"]]) {
    await openMap(page, `/?${query}`);
    await expect(note).toContainText("laissé");
    await expect(page.locator("#timeline-now")).toHaveText(said);
    await expect(page.locator("#timeline-all")).toBeVisible();
  }

  const nothing = `q=${encodeURIComponent("zzyzzxqq")}`;
  await page.goto(`/?${nothing}`);
  await expect(note).toHaveText("Aucun partenariat daté dans ces années.");
  await expect(note).toBeVisible();
  await expect(page.locator("#timeline-play")).toBeHidden();
  await page.locator("#chips .reset").click();
  await expect(page.locator("#timeline-play")).toBeVisible();
});

test("the map's page leads to method, data, accessibility and privacy", async ({ page }) => {
  await openMap(page);
  await expect(page.locator(".attribution a")).toHaveAttribute("href", "/a-propos");
  const foot = await page.locator(".results-foot a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  for (const path of ["/a-propos", "/a-propos#accessibility", "/a-propos#privacy", "/donnees"]) expect(foot).toContain(path);
});

test.describe("somebody who says where they are", () => {
  test.use({ geolocation: { longitude: 4.84, latitude: 45.76 }, permissions: ["geolocation"] });

  test("sees their département", async ({ page, request }) => {
    await openMap(page);
    await expect(page.locator("#my-territory")).toHaveText("Mon territoire");
    await page.locator("#my-territory").click();
    await expectAgreement(page, request, "department=69");
  });
});

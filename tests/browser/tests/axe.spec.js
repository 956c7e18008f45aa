// Every kind of page, by axe, in both languages, light and dark, on a desk and on a phone, and
// without anything wider than the narrowest screen. Import has the same in its own test.
import axe from "axe-core";
import texts from "../../../static/text/en.json" with { type: "json" };
import { TOKEN } from "./imports.js";
import { api, expect, openMap, test } from "./atlas.js";

/** Kinds of pages: name, path after the language's prefix, what is opened before axe looks, the path in English where it differs. */
async function kinds(request) {
  const { features } = await api(request, "/api/collections/partnerships/items?limit=1&sortby=-verified_on&status=en_cours");
  const { id, properties } = features[0];
  const partners = await api(request, `/api/collections/partners/items?limit=1&country=${properties.country_code}`);
  return [
    ["table", "/?view=table&country=DE", "#share"],
    ["charts", "/?view=charts&region=84", ".chart details, #share"],
    ["empty table", "/?view=table&q=zzyzzxqq"],
    ["more filters", "/?view=table", '[data-facet="more"]'],
    ["partnership", `/partenariats/${id}`, "#share, #share details"],
    ["collectivité", `/collectivites/${properties.collectivity_code}`, "#share"],
    ["collectivité without records", "/collectivites/01001"],
    ["a name that several authorities have", "/collectivites?name=Saint-Denis"],
    ["partner", `/partenaires/${partners.features[0].id}`],
    ["country", `/pays/${properties.country_code}`, "#share"],
    ["country without records", "/pays/AQ"],
    ["region", "/regions/84"],
    ["theme", "/themes/sante"],
    ["list", "/partenariats", ".narrow-form details"],
    ["filtered list", "/partenariats?region=84&sortby=-updated_at"],
    ["empty list", "/partenariats?q=zzyzzxqq"],
    ["comparison to choose", "/comparer"],
    ["comparison", "/comparer?a=region-84&b=region-53"],
    ["comparison of what is not known", "/comparer?a_name=Trifouillis&b=country-ML"],
    ["data", "/donnees", "details"],
    ["about, with accessibility", "/a-propos"],
    ["funding", "/financements", "", "/funding"],
    ["scheme", "/financements/conjoint-maroc", "", "/funding/conjoint-maroc"],
    ["actors", "/acteurs?region=11", "", "/actors?region=11"],
    ["actor", "/acteurs/afd", "", "/actors/afd"],
    ["services", "/services?collectivity=35238&country=SN&theme=eau-assainissement"],
    ["white paper", "/livre-blanc", "", "/white-paper"],
    ["import", "/import"],
    ["404", "/rien-de-tel"],
    ["400", "/?region=zz"],
  ];
}

/** Resources of the API as pages; the language is a parameter. */
const API = ["/api", "/api/conformance", "/api/collections", "/api/collections/partners", "/api/collections/partners/items?country=DE",
  "/api/collections/partners/queryables", "/api/docs"];

const FIRST_WORDS = [...new Set(Object.keys(texts).map((key) => key.split(".")[0]))];
/** A key of the catalogue in place of its text. */
const KEY = new RegExp(`^\\s*(${FIRST_WORDS.join("|")})(\\.[a-z_]+)+\\s*$`, "m");

/** What axe finds in the page as it is; of colours alone where `rules` names theirs. */
const violations = (page, rules) =>
  page.evaluate(async (values) => {
    // Swagger UI brings a main part of its own into that of the page
    const isForeign = document.querySelector("main main") !== null;
    const landmarks = ["landmark-main-is-top-level", "landmark-no-duplicate-main", "landmark-unique"];
    const { violations } = await window.axe.run(document, {
      resultTypes: ["violations"],
      ...(isForeign && !values && { rules: Object.fromEntries(landmarks.map((id) => [id, { enabled: false }])) }),
      ...(values && { runOnly: { type: "rule", values } }),
    });
    const told = (nodes) => nodes.slice(0, 4).map((node) => `${node.target} ${node.failureSummary}`).join("; ");
    return violations.map(({ id, nodes }) => `${id}: ${told(nodes)}`);
  }, rules);

/**
 * One page in both colours at both widths, where nothing moves; rules that do not look at colours
 * run once a width.
 */
async function check(page, what) {
  const found = [];
  await page.evaluate((rows) => {
    document.querySelectorAll(rows).forEach((row) => row.remove());
    const still = new CSSStyleSheet();
    still.replaceSync("*, *::before, *::after { transition: none !important; animation: none !important }");
    document.adoptedStyleSheets.push(still);
  }, REPEATED);
  await page.evaluate(axe.source);
  for (const [width, colorScheme] of [[1280, "light"], [1280, "dark"], [375, "dark"], [375, "light"]]) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme });
    const rules = colorScheme === "dark" ? ["color-contrast", "link-in-text-block"] : null;
    for (const violation of await violations(page, rules)) found.push(`${what}, ${width} px, ${colorScheme}: ${violation}`);
  }
  await page.setViewportSize({ width: 320, height: 640 });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  if (width !== 320) found.push(`${what}: ${width} px wide on a screen of 320`);
  const text = await page.evaluate(() => document.body.innerText);
  const [key] = text.match(KEY) ?? [];
  if (key) found.push(`${what}: shows the key ${key.trim()}`);
  return found;
}

/** Rows that say nothing new to axe, which looks at each for long. */
const REPEATED = ":is(tbody, .options, .list, .chart-bars) > :nth-child(n + 9)";

const open = (page, selector) =>
  page.evaluate((all) => document.querySelectorAll(all).forEach((part) => (part.open = true)), selector);

for (const language of ["fr", "en"]) {
  const prefix = language === "en" ? "/en" : "";

  test(`every kind of page, ${language}`, async ({ page, request }) => {
    test.setTimeout(300_000);
    const found = [];
    for (const [what, path, opened, english] of await kinds(request)) {
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.goto(prefix + ((language === "en" && english) || path));
      if (opened) await open(page, opened);
      expect(await page.locator("html").getAttribute("lang"), what).toBe(language);
      found.push(...(await check(page, `${language}: ${what}`)));
    }
    expect(found).toEqual([]);
  });

  test(`every kind of page of the API, ${language}`, async ({ page }) => {
    test.setTimeout(120_000);
    const found = [];
    for (const path of API) {
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.goto(`${path}${path.includes("?") ? "&" : "?"}lang=${language}`);
      found.push(...(await check(page, `${language}: ${path}`)));
    }
    expect(found).toEqual([]);
  });

  test(`the map, ${language}`, async ({ page }) => {
    test.setTimeout(120_000);
    const found = [];
    for (const [what, path, opened] of [
      ["map", "/?status=en_cours", "#share"],
      ["map with an open filter", "/", '[data-facet="theme"]'],
      ["empty map", "/?q=zzyzzxqq"],
      ["map in a frame", "/?embed=1&region=84"],
    ]) {
      await page.setViewportSize({ width: 1280, height: 800 });
      await openMap(page, prefix + path);
      if (opened) await open(page, opened);
      found.push(...(await check(page, `${language}: ${what}`)));
    }
    expect(found).toEqual([]);
  });
}

test("a record that was removed", async ({ page, request }) => {
  test.skip(!TOKEN, "ATLAS_TEST_TOKEN holds no importer's token of the server");
  const header = "identifiant,collectivite,partenaire,partenaire_pays\n";
  // of so many one may go without being asked whether
  const rows = Array.from({ length: 30 }, (_, at) => `a${at},Lyon,Kiel ${at},DE\n`);
  const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "text/csv" };
  const imports = [];
  const send = async (kept) => {
    const answer = await request.post("/api/imports?source=axe&mode=sync", { headers, data: header + kept.join("") });
    imports.unshift(answer.headers().location);
    await expect.poll(async () => (await (await request.get(imports[0], { headers })).json()).state).toBe("committed");
  };
  await send(rows);
  const { features } = await api(request, "/api/collections/partnerships/items?source=axe&limit=1");
  await send(rows.filter((row) => !row.includes(`,${features[0].properties.partner_name},`)));
  const found = [];
  for (const prefix of ["", "/en"]) {
    const answer = await page.goto(`${prefix}/partenariats/${features[0].id}`);
    expect(answer.status()).toBe(410);
    found.push(...(await check(page, `410 ${prefix}`)));
  }
  for (const path of imports) {
    const answer = await request.post(`${path}/revert`, { headers });
    expect(answer.ok()).toBe(true);
  }
  expect(found).toEqual([]);
});

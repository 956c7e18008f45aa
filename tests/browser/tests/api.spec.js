// The resources of the API as pages: valid, readable on any screen, and without JavaScript.
import { HtmlValidate } from "html-validate";
import { api, expect, test } from "./atlas.js";

const COLLECTIONS = ["partnerships", "links", "collectivities", "partners", "countries", "regions"];

/** The address of every kind of resource. */
async function resources(request) {
  const list = ["/api", "/api/conformance", "/api/collections"];
  for (const id of COLLECTIONS) {
    const path = `/api/collections/${id}`;
    const page = await api(request, `${path}/items?limit=1&theme=sante`);
    list.push(path, `${path}/items?limit=4&theme=sante&region=84,53`, `${path}/items/${page.features[0].id}`);
  }
  return list;
}

test("every page of the API is valid HTML", async ({ request }) => {
  const validator = new HtmlValidate({
    extends: ["html-validate:standard", "html-validate:document"],
    // the first two are matters of taste; the server's own files need no checksum in its pages
    rules: { "void-style": "off", "doctype-style": "off", "require-sri": ["error", { target: "crossorigin" }] },
  });
  for (const path of [...(await resources(request)), "/api/collections/links/items?country=AQ"]) {
    for (const language of ["fr", "en"]) {
      const url = `${path}${path.includes("?") ? "&" : "?"}lang=${language}`;
      const answer = await request.get(url, { headers: { accept: "text/html" } });
      expect(answer.headers()["content-type"], url).toContain("text/html");
      const report = await validator.validateString(await answer.text());
      const said = report.results.flatMap((result) => result.messages);
      expect(said.map(({ line, ruleId, message }) => `${line} ${ruleId}: ${message}`), url).toEqual([]);
    }
  }
});

for (const width of [1280, 375]) {
  test(`pages of the API fit a screen of ${width} pixels`, async ({ browser, baseURL, request }) => {
    const context = await browser.newContext({ baseURL, javaScriptEnabled: false, viewport: { width, height: 900 } });
    const page = await context.newPage();
    for (const path of await resources(request)) {
      await page.goto(path);
      await expect(page.locator("h1"), path).toBeVisible();
      await expect(page.locator("#links"), path).toBeVisible();
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide, path).toBeLessThanOrEqual(width);
    }
    await context.close();
  });
}

test("one gets from the API's landing page to an item and back", async ({ page, request }) => {
  await page.goto("/api");
  await page.getByRole("link", { name: "Pays", exact: true }).click();
  await page.getByRole("link", { name: "Voir les éléments" }).click();
  const { numberMatched } = await api(request, "/api/collections/countries/items");
  await expect(page.locator(".lead")).toContainText(`${numberMatched} éléments`);
  await expect(page.locator("tbody tr")).toHaveCount(10);
  await page.getByRole("link", { name: "Page suivante", exact: true }).click();
  await expect(page).toHaveURL(/cursor=/);
  await page.locator("tbody th a").first().click();
  await expect(page.locator("dl.facts")).toContainText("partnerships");
  await page.locator("#other-language").click();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await page.getByRole("link", { name: "This page as data" }).click();
  await expect(page).toHaveURL(/f=json/);
});

test("a filter of a page of items is taken off by its chip", async ({ page }) => {
  await page.goto("/api/collections/collectivities/items?theme=sante&region=84&sortby=-partnerships");
  await expect(page.locator(".chip")).toHaveCount(2);
  await page.locator(".chip", { hasText: "Auvergne-Rhône-Alpes" }).click();
  await expect(page).toHaveURL("/api/collections/collectivities/items?theme=sante&sortby=-partnerships");
  await expect(page.locator(".chip")).toHaveCount(1);
});

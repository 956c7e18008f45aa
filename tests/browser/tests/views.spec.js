// The selection as a table and as charts: keyboard, rows that come and go.
import { api, expect, test } from "./atlas.js";

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("filters, heads and the next page are links and a form", async ({ page, request }) => {
    await page.goto("/?view=table");
    await page.locator('details[data-facet="region"] summary').click();
    await page.locator('label:has([id="region-84"])').click();
    await page.locator('details[data-facet="region"] button').click();
    await expect(page).toHaveURL(/view=table/);
    const { total } = await api(request, "/api/facets?region=84");
    await expect(page.locator("#results")).toHaveAttribute("data-matched", String(total.partnerships));
    await page.locator("thead a", { hasText: "Début" }).click();
    await expect(page.locator('th[aria-sort="ascending"]')).toHaveText("Début");
    const { features } = await api(request, "/api/collections/partnerships/items?region=84&sortby=start&limit=1");
    await expect(page.locator("tbody tr").first()).toHaveAttribute("data-id", features[0].id);
    await page.goto("/?view=table");
    await page.locator("#table-more a").click();
    await expect(page).toHaveURL(/cursor=/);
    await page.locator("#views a", { hasText: "Graphiques" }).click();
    await page.locator("#chart-themes .chart-bars a").first().click();
    await expect(page).toHaveURL(/view=charts&theme=/);
  });
});

test("rows come as one scrolls, and those far away are let go", async ({ page, request }) => {
  const { total } = await api(request, "/api/facets");
  await page.goto("/?view=table");
  const region = page.locator("#table-region");
  const seen = new Set();
  const scroll = async () => {
    for (const id of await page.locator("#table tbody tr[data-id]").evaluateAll((rows) => rows.map((row) => row.dataset.id))) seen.add(id);
    await region.evaluate((box) => (box.scrollTop += 1500));
    return seen.size;
  };
  await expect.poll(scroll, { intervals: [40] }).toBe(total.partnerships);
  expect(await page.locator("#table tbody tr[data-id]").count()).toBeLessThan(450);
  await region.evaluate((box) => (box.scrollTop = 0));
  await expect(page.locator("#table tbody tr[data-id]").first()).toBeVisible();
});

test("arrow keys go from row to row", async ({ page }) => {
  await page.goto("/?view=table");
  await page.locator("#table-region").focus();
  await page.keyboard.press("ArrowDown");
  const links = page.locator("#table tbody th a");
  await expect(links.nth(0)).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect(links.nth(2)).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(links.nth(1)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/partenariats\//);
});

test("what is shared is copied, and the frame opens the atlas", async ({ page, context, baseURL }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto("/?view=charts&region=84");
  await page.locator("#share > summary").click();
  await page.locator('[data-copy="share-permalink"]').click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${baseURL}/?view=charts&region=84`);
  await expect(page.locator(".qr")).toHaveJSProperty("complete", true);
  await page.goto("/?embed=1&region=84");
  await expect(page.locator("#map")).toHaveAttribute("data-state", "ready");
  await expect(page.locator("#filters")).toBeHidden();
  await expect(page.locator(".masthead")).toHaveCount(0);
  await expect(page.locator(".open a")).toHaveAttribute("href", "/?region=84");
});

test("a chart is taken away, stands alone and in a frame", async ({ page, context, baseURL }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto("/?view=charts&region=53");
  const chart = page.locator("#chart-countries");
  await chart.locator(".chart-take > summary").click();
  for (const name of ["PNG", "SVG", "CSV"]) {
    const [download] = await Promise.all([page.waitForEvent("download"), chart.getByRole("link", { name }).click()]);
    expect(download.suggestedFilename()).toBe(`countries.${name.toLowerCase()}`);
  }
  await chart.locator('[data-copy="embed-countries"]').click();
  const code = await page.evaluate(() => navigator.clipboard.readText());
  expect(code).toContain(`${baseURL}/?embed=1&amp;chart=countries&amp;region=53`);
  await chart.getByRole("link", { name: /Seul, à son adresse/ }).click();
  await expect(page.locator("figure")).toHaveCount(1);
  await expect(page).toHaveURL(/view=charts&chart=countries&region=53/);
  await page.locator("#chips a.chip").click();
  await expect(page).toHaveURL(/\?view=charts&chart=countries$/);
  await expect(page.locator("figure")).toHaveCount(1);
  await page.goto("/?embed=1&chart=countries&region=53");
  await expect(page.locator("#chart-countries .chart-bars li").first()).toBeVisible();
  await expect(page.locator(".chart-source")).toContainText("Licence Ouverte");
  await expect(page.locator(".masthead")).toHaveCount(0);
});

test("filters change table and charts in place, and the table goes on", async ({ page, request }) => {
  const { facets } = await api(request, "/api/facets");
  const [region] = facets.region;
  for (const view of ["charts", "table"]) {
    await page.goto(`/?view=${view}`);
    await page.evaluate(() => (window.same = true));
    await page.locator('details[data-facet="region"] summary').click();
    await page.locator(`[id="region-${region.value}"]`).check();
    await expect(page.locator("#results")).toHaveAttribute("data-matched", String(region.count));
    await expect(page).toHaveURL(new RegExp(`region=${region.value}&view=${view}`));
    expect(await page.evaluate(() => window.same)).toBe(true);
    await page.keyboard.press("Escape");
  }
  const seen = () => page.locator("#table tbody tr[data-id]").count();
  await expect.poll(seen).toBe(Math.min(100, region.count));
  const { features } = await api(request, `/api/collections/partnerships/items?region=${region.value}&sortby=title&limit=1`);
  await expect(page.locator("#table tbody tr").first()).toHaveAttribute("data-id", features[0].id);
});

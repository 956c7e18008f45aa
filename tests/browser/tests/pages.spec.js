// Records and errors, rendered by the server.
import { api, expect, openMap, test } from "./atlas.js";

test("a record says what the API says, in both languages", async ({ page, request }) => {
  const { features } = await api(request, "/api/collections/partnerships/items?limit=5&sortby=title&status=en_cours");
  for (const { id, properties } of features) {
    await page.goto(`/partenariats/${id}`);
    await expect(page.locator("h1")).toHaveText(properties.title);
    await expect(page.locator(".side-home")).toContainText(properties.collectivity_name);
    await expect(page.locator(".side-partner")).toContainText(properties.partner_name);
    await expect(page.locator(".side-partner")).toContainText(properties.country_name);
    await expect(page.locator(".facts")).toContainText(properties.kind_label);
    if (properties.start) await expect(page.locator(`.facts time[datetime="${properties.start}"]`)).toBeVisible();
    await expect(page.locator(".verification")).toBeVisible();
  }
  const [{ id }] = features;
  await page.goto(`/partenariats/${id}`);
  const data = await request.get(await page.locator(".formats a").first().getAttribute("href"));
  expect((await data.json()).id).toBe(id);
  await page.locator("#other-language").click();
  await expect(page).toHaveURL(`/en/partnerships/${id}`);
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await expect(page.locator(".facts")).toContainText("Identifier");
});

test("a record draws its small globe", async ({ page, request }) => {
  const { features } = await api(request, "/api/collections/links/items?limit=100");
  const { id } = features.find(({ geometry }) => geometry);
  await page.goto(`/partenariats/${id}`);
  await expect(page.locator("#mini-map .map")).toHaveAttribute("data-state", "ready");
});

test("the data can be taken away, in both languages and without JavaScript", async ({ browser, baseURL, request }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL });
  const page = await context.newPage();
  for (const [path, title] of [["/donnees", "Données ouvertes"], ["/en/data", "Open data"]]) {
    await page.goto(path);
    await expect(page.locator("h1")).toHaveText(title);
    await expect(page.locator('.mainnav [aria-current="page"]')).toBeVisible();
    expect(JSON.parse(await page.locator('script[type="application/ld+json"]').textContent())["@type"]).toBe("Dataset");
    const files = await page.locator(".data-files .formats a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
    expect(files).toHaveLength(9 * 7); // collections and formats
    for (const file of files) expect((await request.head(file)).ok(), file).toBe(true);
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator(".data-files .formats a").first().click()]);
    expect(download.suggestedFilename()).toMatch(/^atlas-aect-partnerships-\d{4}-\d\d-\d\d\.csv$/);
  }
  await context.close();
});

test("what is not there is a page of its own, with its status", async ({ page }) => {
  for (const [path, language] of [["/rien", "fr"], ["/partenariats/rien", "fr"], ["/en/partnerships/nothing", "en"]]) {
    const answer = await page.goto(path);
    expect(answer.status()).toBe(404);
    await expect(page.locator("html")).toHaveAttribute("lang", language);
    await expect(page.locator("main a.button")).toBeVisible();
  }
});

test("the head names the other language and the page's own address", async ({ page, request }) => {
  for (const path of ["/", "/en/", "/en/?region=84"]) {
    await page.goto(path);
    for (const selector of ['link[hreflang="fr"]', 'link[hreflang="en"]', 'link[rel="canonical"]']) {
      const href = await page.locator(selector).getAttribute("href");
      expect((await request.get(href)).ok(), href).toBe(true);
    }
  }
});

test("the comparison proposes names as they are typed", async ({ page, request }) => {
  const { features } = await api(request, "/api/collections/collectivities/items?limit=1&sortby=-partnerships");
  const [{ id, properties }] = features;
  await page.goto("/comparer?b=country-DE");
  await page.locator("#typed-a").pressSequentially(properties.name.slice(0, 4));
  const option = page.locator(`#names-a option[value="${properties.name} (${id})"]`);
  await expect(option).toHaveCount(1);
  await page.locator("#typed-a").fill(await option.getAttribute("value"));
  await page.locator(".compare-form button").click();
  await expect(page.locator(".compare-heads h2").first()).toHaveText(properties.name);
});

test("where the map looks is in the address that is shared and in its QR code", async ({ page }) => {
  await openMap(page, "/?status=en_cours#4.00/20.000/10.000");
  await page.locator("#share > summary").click();
  await expect(page.locator("#share-permalink")).toHaveValue(/status=en_cours#4\.00\/20\.000\/10\.000/);
  await expect(page.locator("#share .qr")).toHaveAttribute("src", /%234\.00%2F20\.000%2F10\.000/);
  await expect(page.locator("#share .qr")).toHaveJSProperty("complete", true);
});

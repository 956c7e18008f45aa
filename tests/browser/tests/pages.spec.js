// Records and errors, rendered by the server.
import { api, expect, test } from "./atlas.js";

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
  await page.locator(".formats a").first().evaluate((link) => link.getAttribute("href"));
  await page.goto(`/partenariats/${id}`);
  const data = await request.get(await page.locator(".formats a").first().getAttribute("href"));
  expect((await data.json()).id).toBe(id);
  await page.locator("#other-language").click();
  await expect(page).toHaveURL(`/en/partenariats/${id}`);
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await expect(page.locator(".facts")).toContainText("Kept by");
});

test("a record draws its small globe", async ({ page, request }) => {
  const { links } = await api(request, "/map.json");
  await page.goto(`/partenariats/${links[0][0]}`);
  await expect(page.locator("#mini-map .map")).toHaveAttribute("data-state", "ready");
});

test("what is not there is a page of its own, with its status", async ({ page }) => {
  for (const [path, language] of [["/rien", "fr"], ["/partenariats/rien", "fr"], ["/en/partenariats/nothing", "en"]]) {
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

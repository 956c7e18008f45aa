// A town's partners light up one by one; who wants nothing to move sees them at once.
import { expect, test } from "./atlas.js";

/** What is lit on the globe: partners, and the ends of lines. */
const lit = (page) => page.locator("#moment").getAttribute("data-state");

test("from the first screen to the moment of a town", async ({ page, request }) => {
  await page.emulateMedia({ reducedMotion: "no-preference" });
  await page.goto("/");
  await page.getByLabel(/Votre commune/).fill("Rennes");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/collectivites\/35238#moment$/);
  await expect.poll(() => lit(page), { timeout: 20_000 }).toBe("playing");
  const items = page.locator("#moment-steps li");
  const dues = page.locator("#moment-steps li.is-due");
  const number = await items.count();
  expect(number).toBeGreaterThan(3);
  // one after the other, each named beside its dot
  await expect(page.locator("#moment-label")).toBeVisible();
  expect(await dues.count()).toBeGreaterThan(0);
  await expect.poll(() => lit(page), { timeout: 60_000 }).toBe("done");
  expect(await dues.count()).toBe(0);
  await expect(page.locator("#moment-label")).toBeHidden();
  // the oldest first, as the API says
  const years = await items.locator(".moment-year").allTextContents();
  expect(years.map(Number)).toEqual(years.map(Number).sort((a, b) => a - b));
  const { features } = await (await request.get("/api/collections/partnerships/items?collectivity=35238&limit=100")).json();
  const partners = new Set(features.filter(({ geometry }) => geometry).flatMap(({ properties }) => properties.partners?.map(({ partner_name }) => partner_name) ?? [properties.partner_name]));
  expect(number).toBeGreaterThanOrEqual(Math.min(partners.size, 3));
  await page.getByRole("button", { name: "Rejouer" }).click();
  await expect.poll(() => lit(page)).toBe("playing");
});

test("with reduced motion the last picture stands at once", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto("/en/authorities/35238");
  await expect(page.locator(".place-standing")).toContainText(/More partnerships than|As many partnerships as/);
  await page.getByRole("button", { name: "Watch its links appear" }).click();
  await expect.poll(() => lit(page), { timeout: 20_000 }).toBe("done");
  await expect(page.locator("#moment-steps li.is-due")).toHaveCount(0);
  await expect(page.locator("#moment-steps li").first()).toBeVisible();
  await expect(page.getByRole("link", { name: "Picture to share" })).toHaveAttribute("href", /\/en\/authorities\/35238\/preview\.png$/);
});

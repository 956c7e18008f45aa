// Who can help, and who pays: two people's stories, without JavaScript and on a phone.
import { api, expect, test } from "./atlas.js";

const browse = async (browser, baseURL, width = 1280) => {
  const context = await browser.newContext({ baseURL, javaScriptEnabled: false, viewport: { width, height: 800 } });
  return { context, page: await context.newPage() };
};

test("a town's officer finds what is expected for water in Senegal, and why a scheme does not fit", async ({ browser, baseURL }) => {
  const { context, page } = await browse(browser, baseURL);
  await page.goto("/");
  await page.getByRole("link", { name: "Financements", exact: true }).click();
  await expect(page.locator("h1")).toHaveText("Financements");
  await page.getByLabel("Thème").selectOption("eau-assainissement");
  await page.getByLabel("Pays du partenaire").selectOption("SN");
  await page.getByRole("button", { name: "Filtrer" }).click();
  await expect(page).toHaveURL(/theme=eau-assainissement&country=SN/);
  const expected = page.locator(".directory-list > li").filter({ hasText: "franco-sénégalais" });
  await expect(expected.locator(".state")).toHaveText("Attendu");
  await expect(expected).toContainText("Prévision, sans date annoncée");
  // of all that is listed, nothing is told to be open
  await expect(page.locator('[data-state="ouvert"], [data-state="ferme-bientot"]')).toHaveCount(0);
  await page.getByRole("link", { name: /Trois questions/ }).click();
  await page.getByLabel(/nom ou code/).fill("Rennes");
  await page.getByLabel("Thème").selectOption("eau-assainissement");
  await page.getByLabel("Pays du partenaire").selectOption("SN");
  await page.getByRole("button", { name: "Voir qui peut aider" }).click();
  const others = page.locator("section[aria-labelledby=others]");
  const agency = others.locator(".directory-list > li").filter({ hasText: "Rhône-Méditerranée-Corse" });
  await expect(agency.locator('[data-answer="no"]')).toContainText("Votre commune n’est pas dans les bassins Rhône-Méditerranée et Corse.");
  const fitting = page.locator("section[aria-labelledby=funding]");
  await fitting.getByRole("link", { name: "1 % eau et assainissement (loi Oudin-Santini)" }).click();
  await expect(page.locator("#source")).toBeVisible();
  await expect(page.locator(".directory-facts").last()).toContainText("Vue le");
  await context.close();
});

test("an association finds whom to call in Occitanie, on a phone", async ({ browser, baseURL }) => {
  const { context, page } = await browse(browser, baseURL, 375);
  await page.goto("/services");
  await page.getByLabel("Je suis (type)").selectOption("association");
  await page.getByLabel("Région française").selectOption("76");
  await page.getByLabel("Je veux").selectOption("conseille");
  await page.getByRole("button", { name: "Voir qui peut aider" }).click();
  const first = page.locator("section[aria-labelledby=call] .directory-list > li").first();
  await expect(first).toContainText("Occitanie Coopération");
  await expect(first).toContainText("À qui s’adresser");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(375);
  await first.getByRole("link").click();
  await expect(page.locator("h1")).toHaveText("Occitanie Coopération");
  await page.locator("#other-language").click();
  await expect(page).toHaveURL("/en/actors/occitanie-cooperation");
  await expect(page.locator(".directory-facts").first()).toContainText("Occitanie");
  await context.close();
});

test("pages of places lead to what can help there", async ({ page, request }) => {
  const { features } = await api(request, "/api/collections/countries/items?limit=1&country=SN");
  expect(features).toHaveLength(1);
  await page.goto("/pays/SN");
  const here = page.locator(".act-here");
  expect(await here.locator(".directory-list > li").count()).toBeLessThanOrEqual(5);
  await expect(here.locator(".directory-reasons").first()).toBeVisible();
  await here.getByRole("link", { name: "Tout ce qui peut aider, et pourquoi" }).click();
  await expect(page).toHaveURL("/services?country=SN");
});

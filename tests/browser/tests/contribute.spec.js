// A visitor without an account proposes, a moderator decides in part, the record shows it, and it is
// undone: without scripts, on a phone.
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "./atlas.js";

const ADMIN = process.env.ATLAS_TEST_ADMIN;
test.skip(!ADMIN, "ATLAS_TEST_ADMIN holds no admin's token of the server");
test.use({ javaScriptEnabled: false, viewport: { width: 375, height: 720 } });

/** No rule of WCAG is broken, and nothing is wider than the screen. */
async function isSound(page) {
  const width = await page.locator("body").evaluate((body) => body.scrollWidth);
  expect(width).toBeLessThanOrEqual(375);
}

test("a correction is proposed, decided in part, shown, and undone", async ({ page, request, browser, baseURL }) => {
  const found = await (await request.get("/api/collections/partnerships/items?limit=1&status=en_cours")).json();
  const { id } = found.features[0];
  const before = found.features[0].properties;
  await page.goto(`/partenariats/${id}`);
  await page.locator(".correct a").click();
  await expect(page.locator("h1")).toHaveText("Corriger une fiche");
  await isSound(page);

  // what is wrong is told at its field, and the suggestion is pressed
  await page.locator("#partenaire_pays").fill("Allemagn");
  await page.locator("#intitule").fill("Un autre intitulé");
  await page.locator("#statut").selectOption("termine");
  await page.locator("#date_fin").fill("hier");
  await page.getByRole("button", { name: "Voir ce qui change" }).click();
  await expect(page.locator(".is-wrong #date_fin")).toBeVisible();
  await page.locator("#date_fin").fill("2025");
  await page.locator("#partenaire_pays").fill(before.country_code);
  await page.getByRole("button", { name: "Voir ce qui change" }).click();
  await expect(page.locator("h1")).toHaveText("Ce qui changera");
  await expect(page.locator(".cells")).toContainText("Un autre intitulé");
  await isSound(page);
  await page.locator("#reason").fill("La convention a pris fin.");
  await page.getByRole("button", { name: "Envoyer la proposition" }).click();
  await expect(page).toHaveURL(/\/contribuer\/suivi\/\d+\?cle=/);
  await expect(page.locator(".lead")).toContainText("En attente");
  await isSound(page);
  const follow = page.url();

  const moderators = await browser.newContext({ baseURL, javaScriptEnabled: false });
  const desk = await moderators.newPage();
  await desk.goto("/import");
  await desk.locator("#token").fill(ADMIN);
  await desk.locator("main form button").click();
  await desk.goto("/moderation");
  await desk.locator(".cells a").last().click();
  await expect(desk.locator(".said")).toHaveText("La convention a pris fin.");
  await desk.locator("#verdict-intitule").selectOption("unproven");
  await desk.locator("#note").fill("Merci, sauf pour l’intitulé.");
  await desk.getByRole("button", { name: "Décider" }).click();
  await expect(desk.locator(".lead")).toContainText("Acceptée en partie");
  await moderators.close();

  await page.goto(follow);
  await expect(page.locator(".said")).toHaveText("Merci, sauf pour l’intitulé.");
  await page.goto(`/partenariats/${id}`);
  await expect(page.locator("h1")).toHaveText(before.title);
  await expect(page.locator(".history li").first()).toContainText("Corrigée sur proposition");
  await expect(page.locator(".history li").first()).toContainText("termine");

  const history = await (await request.get(`/api/partnerships/${id}/history`)).json();
  const undone = await request.post(`/api/imports/${history.versions[0].import}/revert`, {
    headers: { Authorization: `Bearer ${ADMIN}` },
    data: {},
  });
  expect(undone.status()).toBe(200);
  const after = await (await request.get(`/api/collections/partnerships/items/${id}`)).json();
  expect(after.properties.status).toBe(before.status);
});

test.describe("with scripts, for axe", () => {
  test.use({ javaScriptEnabled: true, viewport: { width: 1280, height: 800 } });

  for (const [name, path] of [["French", "/contribuer"], ["English", "/en/contribute"]]) {
    test(`no rule of WCAG is broken in ${name}`, async ({ page, request }) => {
      const found = await (await request.get("/api/collections/partnerships/items?limit=1")).json();
      const word = name === "French" ? "nouveau" : "new";
      for (const address of [`${path}/${found.features[0].id}`, `${path}/${word}`]) {
        await page.goto(address);
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map((one) => `${address}: ${one.id}`)).toEqual([]);
      }
      await page.goto(`${path}/${found.features[0].id}`);
      await page.locator("#date_debut").fill("hier");
      await page.locator("button[value=check]").last().click();
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map((one) => one.id)).toEqual([]);
    });
  }
});

// People without a script: a link by mail, a town that is claimed, and accepted by a steward.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import axe from "axe-core";
import { expect, test } from "./atlas.js";

const MAILS = process.env.ATLAS_TEST_MAILS ?? "";
const STEWARD = "bretagne@etat.example";

/** The mails to an address, oldest first, without their coding. */
function mailsTo(address) {
  // the folder is made for the first mail
  const files = existsSync(MAILS) ? readdirSync(MAILS).filter((name) => name.endsWith(".eml")).sort() : [];
  const read = files.map((name) => readFileSync(join(MAILS, name), "utf8"));
  return read.filter((mail) => mail.includes(`To: ${address}\r\n`)).map((mail) => mail.replaceAll("=\r\n", ""));
}

/** Asks for a link and opens it, as the mail has it. */
async function openLink(page, path, address) {
  const before = mailsTo(address).length;
  await page.goto(path);
  await page.locator("#email").fill(address);
  await page.locator("#email").press("Enter");
  await expect(page.locator("#sent")).toBeVisible();
  await expect(async () => expect(mailsTo(address).length).toBeGreaterThan(before)).toPass();
  const [link] = mailsTo(address).at(-1).match(/http:\S+\/link\/\S+/);
  await page.goto(link);
}

/** What axe finds on a narrow and a wide screen, and whether anything is wider than a phone. */
async function check(page) {
  const found = [];
  for (const width of [1280, 375]) {
    await page.setViewportSize({ width, height: 800 });
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    found.push(...violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    if (wide > width) found.push(`${wide} px wide on a screen of ${width}`);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  return found;
}

test("an officer signs in by a link, claims her town, and is accepted", async ({ browser, page }) => {
  test.skip(!MAILS, "the folder of mails is not known");
  const officer = "jeanne@rennes.example";
  await page.goto("/en/account");
  expect(await check(page)).toEqual([]);
  await openLink(page, "/compte", officer);
  expect(await check(page)).toEqual([]);
  await page.locator("#name").fill("Jeanne Martin");
  await page.locator("main form button").click();
  await expect(page.locator(".visitor")).toContainText(officer);
  await page.locator("#place").fill("Rennes");
  await page.locator("#role").fill("Relations internationales");
  await page.locator("#proof").fill("Page de la mairie : contact");
  expect(await check(page)).toEqual([]);
  await page.locator(".ask button").click();
  await expect(page.locator("#speaks ~ .rows")).toContainText("Rennes (35238)");
  await expect(page.locator("#speaks ~ .rows")).toContainText("en attente");

  const desk = await (await browser.newContext()).newPage();
  await openLink(desk, "/en/account", STEWARD);
  await desk.locator("main form button").click();
  await expect(desk.locator(".decision")).toContainText("Jeanne Martin");
  expect(await check(desk)).toEqual([]);
  await desk.locator(".decision button[value=accept]").click();
  await expect(desk.locator(".decision")).toHaveCount(0);
  await desk.context().close();

  await page.reload();
  await expect(page.locator("#speaks ~ .rows")).toContainText("acceptée");
  await expect(page.locator("#may ~ .rows")).toContainText("Corriger les fiches");
  await expect(async () => expect(mailsTo(officer).length).toBe(2)).toPass();
  await page.locator(".visitor button").click();
  await expect(page.locator("#email")).toBeVisible();
});

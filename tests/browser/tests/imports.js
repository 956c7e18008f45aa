// Files to import, and the steps that several tests take.
import { expect } from "./atlas.js";

export const TOKEN = process.env.ATLAS_TEST_TOKEN ?? "";

const HEADER = "Identifiant;Collectivité;Partenaire;Pays;Nature du lien;Début;Thème;Note interne";
const GOOD = [
  "p-1;Besançon;Kiel;Allemagne;jumelage;1959;culture;à relire",
  "p-2;Orléans;Rostock;Allemagne;jumelage;1960;jeunesse;",
  "p-3;Lyon;Cardiff;Royaume-Uni;jumelage;1951;culture;",
  "p-4;Rennes;Île Sans Nom;Irlande;jumelage;1982;éducation;",
];
const BAD = [
  "p-5;Besançon;Absurdville;Absurdistan;jumelage;1990;culture;",
  "p-6;Trifouillis-les-Oies;Leeds;Royaume-Uni;jumelage;1990;culture;",
  "p-7;Lille;Leeds;Royaume-Uni;jumelage;l'été;culture;",
];

/** A table as Excel in French saves it: Windows-1252, `;`, CRLF. */
export function table(rows, name = "liens.csv") {
  const text = `${rows.join("\r\n")}\r\n`;
  return { name, mimeType: "text/csv", buffer: Buffer.from(text, "latin1") };
}

/** Four good rows. */
export const good = () => table([HEADER, ...GOOD], "bons liens.csv");
/** Four good rows and three bad ones. */
export const mixed = () => table([HEADER, ...GOOD, ...BAD]);
/** The good rows, one changed and one gone. */
export const changed = () => table([HEADER, GOOD[0].replace("1959", "1960"), ...GOOD.slice(1, 3)], "corrigés.csv");
/** A header that says nothing of what is required. */
export const unknown = () => table(["Stadt;Freund;Staat", "Lyon;Leipzig;Allemagne", "Orléans;Münster;Allemagne"], "Liste.csv");

/** Signs in with the token of the tests. */
export async function signIn(page, base = "") {
  await page.goto(`${base}/import`);
  await page.locator("#token").fill(TOKEN);
  await page.locator("main form button").click();
  await expect(page.locator(".visitor")).toBeVisible();
}

/** Gives a file and waits until it is checked. */
export async function give(page, file, source, base = "", mode = "upsert") {
  await page.goto(`${base}/import`);
  await page.locator("#file").setInputFiles(file);
  await page.locator("#source").fill(source);
  await page.locator(`input[name="mode"][value="${mode}"]`).check();
  await page.locator("#upload button[type=submit]").click();
  await expect(page).toHaveURL(/\/import\/\d+/);
  await page.waitForLoadState();
  await expect(page.locator("main")).toHaveAttribute("data-state", /planned|failed/);
}

/** How many records a source has. */
export async function recordsOf(request, source) {
  const answer = await request.get(`/api/collections/partnerships/items?source=${source}&limit=1`);
  // a source without records is none
  return answer.ok() ? (await answer.json()).numberMatched : 0;
}

/** Agrees to the plan and waits until it is in the register. */
export async function commit(page) {
  for (const box of await page.locator("#commit input[type=checkbox]").all()) await box.check();
  await page.locator("#commit button:not([form])").click();
  await expect(page.locator("main")).toHaveAttribute("data-state", "committed");
}

// Importers: from signing in to undoing, with scripts and without, by mouse and by keyboard.
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "./atlas.js";
import { TOKEN, changed, commit, give, good, mixed, recordsOf, signIn, unknown } from "./imports.js";

test.skip(!TOKEN, "ATLAS_TEST_TOKEN holds no importer's token of the server");

/** What a download holds. */
async function bytesOf(page, link) {
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  return { name: download.suggestedFilename(), bytes: Buffer.concat(chunks) };
}

test("a Windows-1252 file with three bad rows, from signing in to undoing", async ({ page, request }) => {
  await page.goto("/import");
  await page.locator("#token").fill("not-a-token");
  await page.locator("main form button").click();
  await expect(page.locator("#notice")).toContainText("Jeton non reconnu");
  await expect(page.locator("#notice")).toBeFocused();
  await page.locator("#token").fill(TOKEN);
  await page.locator("main form button").click();
  await expect(page).toHaveURL(/\/import$/);
  await expect(page.locator(".visitor-role")).toHaveText("importe des fichiers");

  await give(page, mixed(), "histoire");
  await expect(page.locator("#verdict")).toHaveText("Des lignes sont à corriger");
  await expect(page.locator(".rejected")).toContainText("3 lignes sont rejetées");
  await expect(page.locator(".verdict .sentence")).toContainText("ajouterait 4 fiches");
  expect(await recordsOf(request, "histoire")).toBe(0);

  // each at its cell, in the words of the page
  await page.locator(".tabs a").nth(1).click();
  const rows = page.locator("table.rows tbody tr");
  await expect(rows).toHaveCount(3);
  await expect(rows.nth(0).locator("th")).toHaveText("6");
  const country = rows.nth(0).locator('td[data-mark="error"]');
  await expect(country.locator(".at-fault")).toHaveText("Absurdistan");
  await expect(country).toContainText("n'est pas un pays connu");
  await expect(rows.nth(1).locator('td[data-mark="error"] .at-fault')).toHaveText("Trifouillis-les-Oies");
  await expect(rows.nth(2).locator('td[data-mark="error"] .at-fault')).toHaveText("l'été");
  await expect(rows.nth(0).locator("td").last()).toBeHidden();
  await page.locator("#all-columns").check();
  await expect(rows.nth(0).locator("td").last()).toBeVisible();
  await expect(page.locator('.kinds [data-severity="error"]')).toHaveCount(3);

  const copy = await bytesOf(page, page.locator(".verdict a[download]"));
  expect(copy.name).toBe("liens-a-corriger.csv");
  const lines = copy.bytes.toString("latin1").split("\r\n");
  expect(lines).toHaveLength(5);
  expect(lines[0]).toBe("Identifiant;Collectivité;Partenaire;Pays;Nature du lien;Début;Thème;Note interne;_problemes");
  expect(lines[1]).toContain("p-5;Besançon;Absurdville;Absurdistan;");
  expect(lines[1]).toContain("Pays : « Absurdistan » n'est pas un pays connu.");
  expect((await bytesOf(page, page.locator(".section-head a[download]"))).bytes.toString()).toContain("country-unknown");

  await page.locator(".columns summary").click();
  await expect(page.locator(".mapping tbody tr")).toHaveCount(8);
  await expect(page.locator('.mapping tr:has(th:text-is("Pays")) select')).toHaveValue("partenaire_pays");
  await expect(page.locator('.mapping tr:has(th:text-is("Note interne")) select')).toHaveValue("");

  await expect(page.locator("table.changes tbody tr")).toHaveCount(4);
  await page.locator("#plan-map").scrollIntoViewIfNeeded();
  await expect(page.locator("#plan-map .map")).toHaveAttribute("data-state", "ready");
  await expect(page.locator("#plan-map .map")).toHaveAttribute("data-changes", "3");
  await expect(page.locator(".plan")).toContainText("1 changement n’est pas sur la carte");

  await commit(page);
  await expect(page.locator("#verdict")).toHaveText("C’est dans le registre");
  await expect(page.locator(".verdict .sentence")).toContainText("a ajouté 4 fiches");
  expect(await recordsOf(request, "histoire")).toBe(4);
  await page.locator("table.changes tbody th a").first().click();
  await expect(page.locator(".side-home")).toContainText("Besançon");
  await page.goBack();

  await page.locator("#undo button").click();
  await expect(page.locator(".verdict .sentence")).toContainText("a retiré 4 fiches");
  expect(await recordsOf(request, "histoire")).toBe(0);
  await page.locator(".back a").click();
  await expect(page.locator(".imports .state").nth(1)).toHaveText("annulé");

  await page.locator(".visitor button").click();
  await expect(page.locator("#token")).toBeVisible();
  await page.goto("/import/1");
  await expect(page.locator("#token")).toBeVisible();
});

test("a plan says what changes, cell by cell, and what a sync takes away", async ({ page, request }) => {
  await signIn(page);
  await give(page, good(), "changements");
  await commit(page);
  await give(page, changed(), "changements", "", "sync");
  await expect(page.locator(".verdict .sentence")).toHaveText(/modifierait 1 fiche et en retirerait 1\. 2 sont déjà à jour\./);
  const updated = page.locator('table.changes tr:has([data-operation="updated"])');
  await expect(updated.locator("del")).toContainText("1959");
  await expect(updated.locator("ins")).toContainText("1960");
  await page.locator('.operations [data-operation="removed"]').click();
  await expect(page.locator("table.changes tbody tr")).toHaveCount(1);
  await expect(page.locator("table.changes tbody tr th")).toContainText("Rennes");
  // one of four is more than goes without being asked
  await expect(page.locator(".mass")).toContainText("1 des 4 fiches");
  await commit(page);
  expect(await recordsOf(request, "changements")).toBe(3);

  // undone later than the one that it changed: that one has a conflict
  const past = page.locator(".imports tbody tr");
  await page.goto("/import");
  await past.nth(1).locator("a").last().click();
  await page.locator("#undo button").click();
  await expect(page.locator("#notice")).toBeVisible();
  await expect(page.locator(".conflicts li")).toHaveCount(1);
  await page.locator("#undo input").check();
  await page.locator("#undo button").click();
  await expect(page.locator("main")).toHaveAttribute("data-state", "committed");
  expect(await recordsOf(request, "changements")).toBe(1);
});

test("columns that are not known are proposed, corrected and read again", async ({ page }) => {
  await signIn(page);
  await give(page, unknown(), "colonnes");
  await expect(page.locator("#verdict")).toHaveText("Des colonnes sont à désigner");
  const select = (title) => page.locator(`.mapping tr:has(th:text-is("${title}")) select`);
  await expect(select("Stadt")).toHaveValue("collectivite");
  await expect(page.locator('.mapping tr:has(th:text-is("Stadt")) .examples')).toContainText("Orléans");
  // a column cannot be two
  await select("Freund").selectOption("collectivite");
  await expect(select("Stadt")).toHaveValue("");
  await select("Freund").selectOption("partenaire");
  await select("Stadt").selectOption("collectivite");
  await select("Staat").selectOption("partenaire_pays");
  await page.locator("#mapping button").click();
  await expect(page.locator("main")).toHaveAttribute("data-state", "planned");
  await expect(page.locator(".verdict .sentence")).toContainText("ajouterait 2 fiches");
  await page.locator(".cancel button, button[form=cancel]").click();
  await expect(page.locator("main")).toHaveAttribute("data-state", "cancelled");
});

test("a file can be dropped, and one that is too large is told before it is sent", async ({ page }) => {
  await signIn(page);
  const drop = (size) => page.locator("#drop").evaluate((place, length) => {
    const data = new DataTransfer();
    const file = new File(["Collectivité,Partenaire,Pays\nLyon,Leipzig,DE\n"], "déposé.csv");
    if (length) Object.defineProperty(file, "size", { value: length });
    data.items.add(file);
    place.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
  }, size);
  await page.locator("#upload").evaluate((form) => form.setAttribute("data-limit", "10"));
  await drop(0);
  await expect(page.locator("#upload-error")).toContainText("trop grand");
  await page.locator("#upload").evaluate((form) => form.setAttribute("data-limit", "1000000"));
  await drop(0);
  await expect(page.locator("#upload-error")).toBeHidden();
  await page.locator("#upload button[type=submit]").click();
  await expect(page.locator("h1")).toHaveText("déposé.csv");
});

test("the keyboard alone imports and undoes", async ({ page, request }) => {
  const reach = async (selector, most = 60) => {
    for (let step = 0; step < most; step += 1) {
      if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) {
        const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
        expect(outline, selector).not.toBe("none");
        return;
      }
      await page.keyboard.press("Tab");
    }
    throw new Error(`no way to ${selector} by Tab`);
  };
  await page.goto("/import");
  await reach("#token");
  await page.keyboard.type(TOKEN);
  await page.keyboard.press("Enter");
  await expect(page.locator(".visitor")).toBeVisible();
  await reach("#file");
  // the system's own window is beyond the page
  await page.locator("#file").setInputFiles(mixed());
  await reach("#source");
  await page.keyboard.type("clavier");
  await reach("#upload button[type=submit]");
  await page.keyboard.press("Enter");
  await expect(page.locator("main")).toHaveAttribute("data-state", "planned");
  await reach("#commit input[type=checkbox]");
  await page.keyboard.press("Space");
  await reach("#commit button:not([form])");
  await page.keyboard.press("Enter");
  await expect(page.locator("main")).toHaveAttribute("data-state", "committed");
  expect(await recordsOf(request, "clavier")).toBe(4);
  await reach("#undo button");
  await page.keyboard.press("Enter");
  await expect(page.locator(".verdict .sentence")).toContainText("a retiré 4 fiches");
  expect(await recordsOf(request, "clavier")).toBe(0);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a file is imported and undone all the same", async ({ page, request }) => {
    await signIn(page, "/en");
    await give(page, mixed(), "sans-script", "/en");
    await expect(page.locator("#verdict")).toHaveText("Some rows are to be corrected");
    await page.locator(".tabs a").nth(1).click();
    await expect(page.locator("table.rows tbody tr")).toHaveCount(3);
    await expect(page.locator("#plan-map")).toBeHidden();
    await expect(page.locator("table.changes tbody tr")).toHaveCount(4);
    await commit(page);
    expect(await recordsOf(request, "sans-script")).toBe(4);
    await page.locator("#undo button").click();
    await expect(page.locator(".verdict .sentence")).toContainText("removed 4 records");
    expect(await recordsOf(request, "sans-script")).toBe(0);
  });
});

test("pages of importers are nobody else's frame, and say nothing to strangers", async ({ request, playwright, baseURL }) => {
  const page = await request.get("/import");
  expect(page.headers()["content-security-policy"]).toContain("frame-ancestors 'none'");
  expect(page.headers()["cache-control"]).toBe("no-store");
  const foreign = await playwright.request.newContext({ baseURL, extraHTTPHeaders: { Cookie: `atlas_session=x`, Origin: "https://ailleurs.example" } });
  const answer = await foreign.post("/import/1/cancel", { form: {}, maxRedirects: 0 });
  expect(answer.status()).toBe(403);
  await foreign.dispose();
});

for (const [size, viewport] of [["desktop", { width: 1280, height: 900 }], ["phone", { width: 320, height: 700 }]]) {
  for (const colorScheme of ["light", "dark"]) {
    for (const base of ["", "/en"]) {
      test.describe(`${size}, ${colorScheme}, ${base || "/fr"}`, () => {
        test.use({ viewport, colorScheme });

        test("axe finds no violation in any state, and nothing is wider than the screen", async ({ page }) => {
          const check = async (what) => {
            const { violations } = await new AxeBuilder({ page }).analyze();
            const found = violations.map(({ id, nodes }) => `${what}: ${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join("; ")}`);
            expect(found).toEqual([]);
            expect(await page.evaluate(() => document.documentElement.scrollWidth), what).toBe(viewport.width);
            const raw = await page.locator("main").innerText();
            expect(raw, what).not.toMatch(/\b(import|issue|column)\.[a-z_]+/);
          };
          const source = `axe-${size}-${colorScheme}${base.replace("/", "-")}`;
          await page.goto(`${base}/import`);
          await check("sign in");
          await page.locator("#token").fill("wrong");
          await page.locator("main form button").click();
          await expect(page.locator("#notice")).toBeVisible();
          await check("wrong token");
          await signIn(page, base);
          await page.locator(".more summary").click();
          await check("list");
          await give(page, mixed(), source, base);
          await page.locator("#all-columns").check();
          await page.locator(".columns summary").click();
          if (await page.locator("#plan-map").isVisible()) {
            await page.locator("#plan-map").scrollIntoViewIfNeeded();
            await expect(page.locator("#plan-map .map")).toHaveAttribute("data-state", "ready");
          }
          await check("planned with errors");
          await commit(page);
          await check("committed");
          await give(page, changed(), source, base, "sync");
          await check("mass removal");
          await page.locator(".cancel button, button[form=cancel]").click();
          await check("cancelled");
          await give(page, unknown(), source, base);
          await check("unknown columns");
          await page.goto(`${base}/import/999999`);
          await check("no such import");
        });
      });
    }
  }
}

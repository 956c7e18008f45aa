// Records whose every text is hostile show as text wherever scripts write them: card, place, tooltip,
// suggestions, table. The server's own pages have a test in Rust.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, openMap, test } from "./atlas.js";

const TEXTS = [
  "<script>window.hurt = 1</script>",
  '"><img src=x onerror="window.hurt = 1">',
  "javascript:window.hurt=1",
  "\u202Eنقلب\u202C RTL",
  "🧨🎭👨‍👩‍👧",
  "Brrr Psst Grmpf",
  "<svg onload=window.hurt=1>${window.hurt=1}",
  "x".repeat(180),
];

/** Every text at its most characters, without a place to break a line. */
const LONG = { name: "y".repeat(200), text: "x".repeat(10_000) };

let folder;
let server;
let address;

test.beforeAll(async () => {
  test.skip(!process.env.ATLAS_TEST_BINARY, "ATLAS_TEST_BINARY names no program to serve hostile records with");
  folder = mkdtempSync(join(tmpdir(), "atlas-hostile-"));
  const quoted = (text) => `"${text.replaceAll('"', '""')}"`;
  const rows = TEXTS.map((text, at) =>
    [`h${at}`, quoted(text), 69123, "Lyon", quoted(`Kayes ${text}`), "ML", quoted(text), `${at - 9}`, "13.5", quoted(text), quoted(`javascript:${text}`.slice(0, 200))].join(","),
  );
  rows.push(["h-long", LONG.name, 69123, "Lyon", `Kayes ${LONG.name}`.slice(0, 200), "ML", LONG.name, "-12", "13.5", LONG.text, LONG.name].join(","));
  const head = "identifiant,intitule,collectivite_code,collectivite,partenaire,partenaire_pays,partenaire_region,longitude,latitude,description,financeurs";
  writeFileSync(join(folder, "rows.csv"), [head, ...rows].join("\n"));
  const database = `sqlite:${join(folder, "atlas.db")}`;
  execFileSync(process.env.ATLAS_TEST_BINARY, ["import", join(folder, "rows.csv"), "--database", database], { stdio: "ignore" });
  server = spawn(process.env.ATLAS_TEST_BINARY, ["serve", "--database", database, "--listen", "127.0.0.1:0", "--uploads", join(folder, "up")]);
  address = await new Promise((found) => server.stdout.once("data", (line) => found(String(line).match(/http:\/\/[\d.:]+/)[0])));
});

test.afterAll(() => {
  server?.kill();
  if (folder) rmSync(folder, { recursive: true });
});

test.describe("hostile texts", () => {
  test.use({ baseURL: "http://127.0.0.1:1" });
  // the server of these records is no stranger
  test.afterEach(({ watched }) => void watched.splice(0, watched.length, ...watched.filter((trouble) => !trouble.startsWith(`asked ${address}/`))));

  test("are texts on the map, in its list, card, place and suggestions", async ({ page }) => {
    const unhurt = async () => {
      expect(await page.evaluate(() => "hurt" in window)).toBe(false);
      expect(await page.locator("main img[src=x], main svg[onload], main script").count()).toBe(0);
    };
    await openMap(page, `${address}/#5.00/13.500/-5.000`);
    await expect(page.locator("#items > li")).toHaveCount(TEXTS.length + 1);
    for (const text of TEXTS.slice(0, 3)) await expect(page.locator("#items")).toContainText(text);
    await unhurt();

    for (const locate of await page.locator("[data-locate]").all()) {
      await locate.click();
      await expect(page.locator("#card a")).toBeVisible();
      await page.locator("#card .card-close").click();
    }
    await unhurt();

    for (const at of TEXTS.keys()) {
      await Promise.all([page.waitForResponse(/\/api\/suggest/), page.locator("#q").fill(TEXTS[at].slice(0, 12))]);
    }
    await page.locator("#q").fill("");
    await unhurt();

    const { features } = await (await page.request.get(`${address}/api/collections/partners/items?limit=100`)).json();
    for (const { id, properties } of features) {
      await page.goto(`${address}/?partner=${encodeURIComponent(id)}#5.00/13.500/-5.000`);
      await expect(page.locator("#sentence")).toContainText(properties.name.trim().slice(0, 30));
      await unhurt();
    }
    await page.goto(`${address}/?view=table`);
    await unhurt();
    await page.goto(`${address}/en/?view=charts`);
    await unhurt();
  });

  for (const width of [1280, 375]) {
    test(`of the greatest length fit a screen of ${width} pixels`, async ({ page }) => {
      await page.setViewportSize({ width, height: 800 });
      const { features } = await (await page.request.get(`${address}/api/collections/partnerships/items?limit=100`)).json();
      const long = features.find(({ properties }) => properties.description === LONG.text);
      const [partner] = long.properties.partners ?? [{}];
      const { features: partners } = await (await page.request.get(`${address}/api/collections/partners/items?limit=100`)).json();
      const { id } = partners.find(({ properties }) => properties.name === (partner.partner_name ?? long.properties.partner_name));
      const paths = ["/", "/?view=charts", "/partenariats", `/partenariats/${long.id}`, `/partenaires/${id}`, "/collectivites/69123", "/pays/ML", `/?partner=${encodeURIComponent(id)}#5.00/13.500/-12.000`];
      for (const path of paths) {
        await page.goto(address + path);
        if (path.includes("partner=")) await expect(page.locator("#sentence")).toContainText("y".repeat(20));
        expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBe(width);
      }
    });
  }
});

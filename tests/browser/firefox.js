// The map in Firefox, which Playwright cannot drive as Debian ships it: by WebDriver BiDi.
//
//   ATLAS_TEST_URL=http://127.0.0.1:8080 xvfb-run -a node firefox.js
//
// WebGL is drawn in software, which needs an X server.
import assert from "node:assert/strict";
import puppeteer from "puppeteer-core";

const base = process.env.ATLAS_TEST_URL ?? "http://127.0.0.1:8080";
const api = async (path) => (await fetch(base + path)).json();

const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr",
  headless: false,
  extraPrefsFirefox: { "webgl.force-enabled": true, "webgl.out-of-process": false, "layers.gpu-process.enabled": false },
});
try {
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 800 });
  const troubles = [];
  page.on("console", (message) => {
    // Firefox tells of software drawing, and of scripts that WebGL compiles
    if (["error", "warn"].includes(message.type()) && !/WebGL|GPU|software/i.test(message.text())) troubles.push(message.text());
  });
  page.on("pageerror", (error) => troubles.push(error.message));
  const until = (what, ...given) => page.waitForFunction(what, { timeout: 60_000 }, ...given);

  const { facets } = await api("/api/facets");
  const [region] = facets.region;
  await page.goto(base);
  await until(() => document.getElementById("map")?.dataset.state !== "loading");
  assert.equal(await page.$eval("#map", (map) => map.dataset.state), "ready");

  await page.click('details[data-facet="region"] summary');
  await page.click(`[id="region-${region.value}"]`);
  await until((count) => document.getElementById("results")?.dataset.matched === count, String(region.count));
  assert.equal(await page.$eval("#map", (map) => map.dataset.query), `region=${region.value}`);

  await page.$eval('input[name="by"][value="country"]', (choice) => choice.click());
  await until(() => document.getElementById("map")?.dataset.by === "country");

  const [collectivity] = facets.collectivity;
  await page.goto(`${base}/#place=home:${collectivity.value}`);
  await page.reload();
  await until((name) => document.getElementById("sentence")?.textContent?.includes(name), collectivity.label);

  await page.goto(`${base}/?view=table`);
  await until(() => document.querySelectorAll("#table tbody tr").length > 0);
  assert.deepEqual(troubles, []);
  console.log(`Firefox ${await browser.version()}: map, filter, shades, place and table`);
} finally {
  await browser.close();
}

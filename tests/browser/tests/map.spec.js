// The map's page: map, list, sentence and address agree with the API, whatever is clicked.
import { api, choose, expect, expectAgreement, openMap, test, topValue } from "./atlas.js";

test("filtering by region and theme changes map, list, sentence and address together", async ({ page, request }) => {
  const region = await topValue(request, "region");
  const theme = await topValue(request, "theme", `region=${region.value}`);
  await openMap(page);
  await expectAgreement(page, request, "");

  await choose(page, "region", region.value);
  await expectAgreement(page, request, `region=${region.value}`);
  await choose(page, "theme", theme.value);
  const items = await expectAgreement(page, request, `region=${region.value}&theme=${theme.value}`);
  expect(items.numberMatched).toBe(theme.count);
  await expect(page.locator(".chip")).toHaveCount(2);
  await expect(page.locator("#announcer")).toHaveText(await page.locator("#sentence").textContent());

  // the counts beside the boxes are those of the API, each dimension ignoring its own selection
  const { facets } = await api(request, `/api/facets?region=${region.value}&theme=${theme.value}`);
  for (const dimension of ["region", "theme", "country", "kind"]) {
    const shown = await page
      .locator(`#facet-${dimension} > li`)
      .evaluateAll((rows) => Object.fromEntries(rows.map((row) => [row.dataset.value, Number(row.dataset.count)])));
    expect(shown).toEqual(Object.fromEntries(facets[dimension].map(({ value, count }) => [value, count])));
  }

  await page.locator(".chip").first().click();
  await expectAgreement(page, request, `theme=${theme.value}`);
  await page.locator("#chips .reset").click();
  await expectAgreement(page, request, "");
});

test("back and forward bring filters, list and map back", async ({ page, request }) => {
  const region = await topValue(request, "region");
  const kind = await topValue(request, "kind", `region=${region.value}`);
  await openMap(page);
  await choose(page, "region", region.value);
  await expectAgreement(page, request, `region=${region.value}`);
  await choose(page, "kind", kind.value);
  await expectAgreement(page, request, `region=${region.value}&kind=${kind.value}`);
  await page.goBack();
  await expectAgreement(page, request, `region=${region.value}`);
  await expect(page.locator(`[id="kind-${kind.value}"]`)).not.toBeChecked();
  await page.goBack();
  await expectAgreement(page, request, "");
  await page.goForward();
  await page.goForward();
  await expectAgreement(page, request, `region=${region.value}&kind=${kind.value}`);
  await expect(page.locator(`[id="kind-${kind.value}"]`)).toBeChecked();
});

test("words are searched for while they are typed", async ({ page, request }) => {
  const { features } = await api(request, "/api/collections/partnerships/items?limit=1&sortby=title");
  const word = features[0].properties.collectivity_name.split(/[\s'-]/)[0];
  await openMap(page);
  await page.locator("#q").pressSequentially(word, { delay: 30 });
  await expectAgreement(page, request, `q=${encodeURIComponent(word)}`);
  await expect(page.locator("#q")).toBeFocused();
});

test("an address opens as it was left: filters, view and language", async ({ page, request }) => {
  const region = await topValue(request, "region");
  await openMap(page, `/?region=${region.value}#4.00/46.000/2.000`);
  await expectAgreement(page, request, `region=${region.value}`);
  expect(page.url()).toContain("#4.00/46.000/2.000");
  await page.locator("#other-language").click();
  await expect(page).toHaveURL(new RegExp(`/en/\\?region=${region.value}`));
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await expect(page.locator("#map")).toHaveAttribute("data-state", "ready");
  await expect(page.locator("#sentence")).toContainText("partnership");
  await expectAgreement(page, request, `region=${region.value}`);
});

test("a place chosen on the map shows only its partnerships, in the list too", async ({ page, request }) => {
  const { links, collectivities } = await api(request, "/map.json");
  const counts = new Map();
  for (const [id, home] of links) counts.set(home, (counts.get(home) ?? new Set()).add(id));
  const [home, ids] = [...counts].sort((a, b) => b[1].size - a[1].size)[0];
  const [code, name] = collectivities[home];
  await openMap(page, `/#5.00/46.000/2.000&place=home:${code}`);
  await expect(page.locator("#place h2")).toHaveText(name);
  await expect(page.locator("#map")).toHaveAttribute("data-links", String(ids.size));
  const { numberMatched } = await api(request, `/api/collections/partnerships/items?collectivity=${code}&limit=1`);
  await expect(page.locator("#items > li")).toHaveCount(Math.min(50, numberMatched));
  await page.locator("#place-back").click();
  await expect(page.locator("#overview")).toBeVisible();
  await expectAgreement(page, request, "");
  await page.goBack();
  await expect(page.locator("#place h2")).toHaveText(name);
});

test("a partnership of the list is found on the map, and its card leads to its record", async ({ page }) => {
  await openMap(page);
  const row = page.locator("#items > li", { has: page.locator("[data-locate]") }).first();
  const id = await row.getAttribute("data-id");
  await row.locator("[data-locate]").click();
  const link = page.locator("#card a").first();
  await expect(link).toHaveAttribute("href", `/partenariats/${id}`);
  await page.keyboard.press("Escape");
  await expect(page.locator("#card")).toBeHidden();
});

test("nothing found offers to take a filter off", async ({ page, request }) => {
  await openMap(page, "/?q=zzyzzxqq&status=en_cours");
  await expectAgreement(page, request, "q=zzyzzxqq&status=en_cours");
  await expect(page.locator(".empty")).toBeVisible();
  await page.locator(".relax a").first().click();
  await expectAgreement(page, request, "status=en_cours");
});

test("the list goes on", async ({ page, request }) => {
  const { numberMatched } = await api(request, "/api/collections/partnerships/items?limit=1");
  test.skip(numberMatched <= 50, "the register is too small for a second page");
  await openMap(page);
  await page.locator("#more a").click();
  await expect(page.locator("#items > li")).toHaveCount(Math.min(100, numberMatched));
  const { features } = await api(request, "/api/collections/partnerships/items?limit=100&sortby=title");
  const listed = await page.locator("#items > li").evaluateAll((rows) => rows.map((row) => row.dataset.id));
  expect(listed).toEqual(features.map((feature) => feature.id));
});

test("without WebGL a message says so, and list and filters still work", async ({ page, request }) => {
  await page.addInitScript(() => {
    const real = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
      return /webgl/.test(kind) ? null : real.call(this, kind, ...rest);
    };
  });
  await page.goto("/");
  await expect(page.locator("#map-message")).toContainText("WebGL");
  const region = await topValue(request, "region");
  await choose(page, "region", region.value);
  await expect(page.locator("#results")).toHaveAttribute("data-matched", String(region.count));
});

// For everyone: without JavaScript, by keyboard alone, on a phone, with a screen reader.
import { api, choose, expect, expectAgreement, openMap, test, topValue } from "./atlas.js";

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the page lists, filters and pages", async ({ page, request }) => {
    const region = await topValue(request, "region");
    await page.goto("/");
    await page.locator('details[data-facet="region"] summary').click();
    await page.locator(`label:has([id="region-${region.value}"])`).click();
    await page.locator('details[data-facet="region"] button').click();
    await expect(page).toHaveURL(new RegExp(`region=${region.value}`));
    await expect(page.locator("#results")).toHaveAttribute("data-matched", String(region.count));
    await expect(page.locator("#map-region")).toBeHidden();
    const { numberMatched } = await api(request, "/api/collections/partnerships/items?limit=1");
    if (numberMatched > 50) {
      await page.goto("/");
      const first = await page.locator("#items > li").first().getAttribute("data-id");
      await page.locator("#more a").click();
      await expect(page).toHaveURL(/cursor=/);
      expect(await page.locator("#items > li").first().getAttribute("data-id")).not.toBe(first);
    }
  });
});

test("the keyboard alone reaches filters, list and record", async ({ page }) => {
  await openMap(page);
  await page.keyboard.press("Tab");
  await expect(page.locator(".skip a").first()).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.locator("#q")).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.locator('details[data-facet="region"] summary')).toBeFocused();
  await page.keyboard.press("Enter");
  const boxes = page.locator('#facet-region input[type="checkbox"]');
  for (let step = 0; step < 3 && !(await boxes.first().evaluate((box) => box === document.activeElement)); step += 1) {
    await page.keyboard.press("Tab");
  }
  await expect(boxes.first()).toBeFocused();
  await page.keyboard.press("Space");
  await expect(page).toHaveURL(/region=/);
  await expect(page.locator(".chip")).toHaveCount(1);
  await expect(boxes.first()).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.locator('details[data-facet="region"]')).not.toHaveAttribute("open");
  await expect(page.locator('details[data-facet="region"] summary')).toBeFocused();

  await page.locator(".skip a").nth(1).focus();
  await page.keyboard.press("Enter");
  const link = page.locator("#items a.item-link").first();
  for (let step = 0; step < 16 && !(await link.evaluate((found) => found === document.activeElement)); step += 1) {
    await page.keyboard.press("Tab");
  }
  await expect(link).toBeFocused();
  const outline = await link.evaluate((found) => getComputedStyle(found).outlineStyle);
  expect(outline).not.toBe("none");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/partenariats\//);
});

test("what a screen reader is told of the map's page makes sense in its order", async ({ page, request }) => {
  const { features } = await api(request, "/api/collections/partnerships/items?region=84&limit=1&sortby=title");
  await openMap(page, "/?region=84");
  const name = features[0].properties.collectivity_name;
  await expect(page.locator("body")).toMatchAriaSnapshot(`
    - paragraph:
      - link "Aller aux filtres"
      - link "Aller à la liste"
      - link "Aller à la carte"
    - banner:
      - navigation "Navigation principale"
    - search "Filtres":
      - combobox "Chercher une ville, un pays, un sujet"
    - main:
      - region "Résultats":
        - navigation "Forme de la vue"
        - heading /partenariats d’Auvergne-Rhône-Alpes/ [level=1]
        - list "Filtres actifs":
          - listitem:
            - 'link "Retirer le filtre Région : Auvergne-Rhône-Alpes"'
        - list "Liste des partenariats":
          - listitem:
            - link /${name}.*Partenaire/
      - region "Carte des partenariats":
        - region /La liste à côté dit la même chose/
        - button "Agrandir"
        - group "Ce que montre la carte":
          - radio "Liens" [checked]
        - group "Légende"
        - region "Années":
          - button "Dérouler les années"
          - slider "Année"
    - status
  `);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true });

  test("map first, then the list; nothing is wider than the screen", async ({ page, request }) => {
    await openMap(page);
    const [map, list] = await Promise.all([page.locator("#map").boundingBox(), page.locator("#results").boundingBox()]);
    expect(map.y).toBeLessThan(list.y);
    expect(list.y).toBeLessThan(812);
    const width = () => page.evaluate(() => document.documentElement.scrollWidth);
    expect(await width()).toBe(375);

    const region = await topValue(request, "region");
    await choose(page, "region", region.value);
    await expect(page.locator('details[data-facet="region"] .panel')).toBeInViewport({ ratio: 1 });
    await page.locator('details[data-facet="region"] .panel button').click();
    await expect(page.locator('details[data-facet="region"]')).not.toHaveAttribute("open");
    await expectAgreement(page, request, `region=${region.value}`);

    // the list is under the thumb; the button leads back to the map, and goes
    const back = page.locator("#view-switch");
    await expect(back).toBeHidden();
    await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
    await back.click();
    await expect(back).toBeHidden();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("map-region");
    await page.locator("#items a.item-link").first().click();
    await expect(page).toHaveURL(/\/partenariats\//);
    expect(await width()).toBe(375);
  });
});

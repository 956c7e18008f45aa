// The map's page under a finger.
import { expect, expectAgreement, openMap, test, topValue } from "./atlas.js";

test.use({ viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true });

test("a suggestion takes its tap alone", async ({ page, request }) => {
  for (const kind of ["country", "collectivity"]) {
    const { value, label } = await topValue(request, kind);
    await openMap(page);
    await page.locator("#q").tap();
    await page.locator("#q").pressSequentially(label, { delay: 20 });
    await page.locator(`#suggestions li[data-kind=${kind}]`).first().tap();
    await expectAgreement(page, request, `${kind}=${value}`);
    // what lay under it stays as it was: no list of a filter opens, the map shows what it showed
    await expect(page.locator("#suggestions")).toBeHidden();
    await expect(page.locator("details.pill[open]")).toHaveCount(0);
    expect(new URL(page.url()).hash).not.toContain("by=");
  }
});

test("upright and on its side nothing lies over something else", async ({ page }) => {
  for (const [width, height] of [[375, 740], [667, 375], [812, 375], [640, 360]]) {
    await page.setViewportSize({ width, height });
    await openMap(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    await expect(page.locator("#unplaced")).toBeVisible();
    const parts = page.locator(".filters, .map-by, .map-near, .map-tools, .legend, .attribution, .timeline");
    const boxes = await parts.evaluateAll((all) => all.map((one) => [one.className, one.getBoundingClientRect().toJSON()]));
    for (const [at, [name, one]] of boxes.entries()) {
      expect(one.right, `${name} at ${width}`).toBeLessThanOrEqual(width);
      for (const [other, two] of boxes.slice(at + 1)) {
        const overlaps = one.left < two.right && two.left < one.right && one.top < two.bottom && two.top < one.bottom;
        expect(overlaps, `${name} over ${other} at ${width}`).toBe(false);
      }
    }
  }
});

// The map's page under a finger.
import { expect, openMap, test } from "./atlas.js";

test.use({ viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true });

test("a suggestion takes its tap alone", async ({ page }) => {
  for (const [typed, kind, address] of [["senegal", "country", /[?&]country=SN\b/], ["nantes", "collectivity", /44109/]]) {
    await openMap(page);
    const box = page.locator("#q");
    await box.tap();
    await box.pressSequentially(typed);
    const option = page.locator(`#suggestions li[data-kind=${kind}]`).first();
    await option.tap();
    await expect(page).toHaveURL(address);
    await expect(page.locator("#suggestions")).toBeHidden();
    // what lay under it stays as it was: no list of a filter opens, the map shows what it showed
    await expect(page.locator("details.pill[open]")).toHaveCount(0);
    expect(new URL(page.url()).searchParams.has("by")).toBe(false);
  }
});

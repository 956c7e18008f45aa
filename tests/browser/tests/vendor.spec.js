// The files of others are the published ones.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";

test("every vendored file has the checksum that VENDOR.md gives", () => {
  const folder = new URL("../../../static/vendor/", import.meta.url);
  const rows = [...readFileSync(new URL("VENDOR.md", folder), "utf8").matchAll(/^\| `([^`]+)` \|.*`([0-9a-f]{64})` \|$/gm)];
  expect(rows.length).toBeGreaterThan(5);
  for (const [, file, checksum] of rows) {
    expect(createHash("sha256").update(readFileSync(new URL(file, folder))).digest("hex"), file).toBe(checksum);
  }
});

// Browser tests of a running server: ATLAS_TEST_URL, else http://127.0.0.1:8080.
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  workers: 1,
  // maps are drawn by a shared processor: what passes only the second time is reported as flaky
  retries: 1,
  timeout: 60_000,
  expect: { timeout: 20_000 },
  reporter: [["list"]],
  use: {
    baseURL: process.env.ATLAS_TEST_URL ?? "http://127.0.0.1:8080",
    viewport: { width: 1280, height: 800 },
    locale: "fr-FR",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      // a map needs WebGL, which a machine without a graphics card draws in software
      args: [
        "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--no-first-run",
      ],
    },
  },
});

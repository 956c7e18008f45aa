// Checks files of GeoJSON, and of GeoJSON by lines, by check-geojson: FILE...
import { readFileSync } from "node:fs";
import { check } from "@placemarkio/check-geojson";

let faults = 0;
for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, "utf8");
  const parts = file.endsWith(".geojsonl") ? text.split("\n").filter((line) => line !== "") : [text];
  for (const [index, part] of parts.entries()) {
    try {
      check(part);
    } catch (error) {
      faults += 1;
      console.error(`${file}, ${index + 1}: ${error.message}`, (error.issues ?? []).slice(0, 3));
    }
  }
  console.log(`${file}: ${parts.length}`);
}
process.exitCode = faults === 0 ? 0 : 1;

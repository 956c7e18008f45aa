/**
 * The page of one import: goes on by itself while the import does, and draws its plan. Everything
 * else is links and forms that need no script.
 */

import { byId } from "../dom.js";
import { loadTexts } from "../texts.js";
import { enhanceMapping } from "./mapping.js";
import { watch } from "./progress.js";

// what needs no words does not wait for them
enhanceMapping();
await loadTexts();
start();

/** Goes on with what the page has now. */
function start() {
  const page = byId("main");
  if (["waiting", "checking", "committing"].includes(page.dataset.state ?? "")) {
    watch(page.dataset.import ?? "", () => {
      enhanceMapping();
      start();
    });
  }
  void startMap();
}

/** Draws the plan once somebody is near it; the table says the same. */
async function startMap() {
  const frame = document.getElementById("plan-map");
  if (!frame) return;
  await new Promise((near) => {
    const eye = new IntersectionObserver((seen) => {
      if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
      eye.disconnect();
      near(undefined);
    }, { rootMargin: "300px" });
    eye.observe(frame);
  });
  const { drawPlan } = await import("./map.js");
  await drawPlan(frame, byId("main").dataset.static ?? "/static");
}

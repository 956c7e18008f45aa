/** An import while it is done: its bar, and the page that comes after it. */

import { announce, byId } from "../dom.js";
import { fetchPage } from "../page.js";
import { counted, fill, text } from "../texts.js";
import { ROOT } from "../root.js";

/** How often a screen reader hears how far it is. */
const SAID_EVERY_MS = 5000;
const AGAIN_MS = 2000;

/**
 * Follows an import until it needs somebody, then takes over its page and calls back.
 * @param {string} id
 * @param {() => void} then
 */
export function watch(id, then) {
  const events = new EventSource(`${ROOT}/api/imports/${encodeURIComponent(id)}/events`);
  let said = performance.now();
  events.addEventListener("progress", (event) => {
    const shown = show(JSON.parse(event.data));
    if (shown && performance.now() - said > SAID_EVERY_MS) {
      said = performance.now();
      announce(shown);
    }
  });
  events.addEventListener("end", () => {
    events.close();
    void takeOver(then);
  });
  events.addEventListener("error", () => {
    const line = document.getElementById("progress-text");
    if (line) line.textContent = text("import.progress.lost");
    // a connection that was refused is not tried again by itself
    if (events.readyState === EventSource.CLOSED) setTimeout(() => void takeOver(then), AGAIN_MS);
  });
}

/**
 * @param {{ progress: { bytes: number, size: number | null, rows: number } | null }} document
 * @returns {string} What it says now.
 */
function show({ progress }) {
  const bar = /** @type {HTMLProgressElement | null} */ (document.getElementById("progress"));
  const line = document.getElementById("progress-text");
  if (!progress || !bar || !line) return "";
  const rows = counted("import.progress.rows", progress.rows);
  if (!progress.size) {
    line.textContent = rows;
    return rows;
  }
  const percent = Math.min(100, Math.round((100 * progress.bytes) / progress.size));
  bar.value = percent;
  line.textContent = fill("import.progress.percent", { percent, rows });
  return line.textContent;
}

/**
 * Shows the import as it is now, without leaving the page.
 * @param {() => void} then
 */
async function takeOver(then) {
  try {
    const next = await fetchPage(location.pathname + location.search);
    const [from, to] = [next.getElementById("import"), byId("import")];
    if (!from) throw new Error("another page has come");
    to.replaceChildren(...[...from.childNodes].map((node) => document.adoptNode(node)));
    Object.assign(byId("main").dataset, next.getElementById("main")?.dataset);
    document.title = next.title;
    const verdict = byId("verdict");
    verdict.focus({ preventScroll: true });
    announce([verdict.textContent, document.querySelector(".verdict .sentence")?.textContent].filter(Boolean).join(". "));
    then();
  } catch {
    location.reload();
  }
}

/**
 * Exchanging parts of the page for those of a newly rendered one. The server writes the list, the
 * counts and the sentence; this module fetches its page and moves the parts over, keeping focus,
 * open panels and scroll positions.
 */

import { byId } from "./dom.js";
import { ROOT } from "./root.js";

/** Parts that are replaced as a whole. */
const WHOLE = ["overview", "chips", "hidden-filters", "views", "share", "list", "more", "timeline-now", "timeline-note"];

/** What a QR code can hold, as the server draws it. */
const LONGEST_PATH = 800;

/**
 * The page at an address of this site.
 * @param {string} path
 * @param {AbortSignal} [signal]
 * @returns {Promise<Document>}
 */
export async function fetchPage(path, signal) {
  const answer = await fetch(path, { signal, headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/**
 * Takes over everything that depends on the filters.
 * @param {Document} next
 */
export function takeSelection(next) {
  const focused = document.activeElement?.id;
  for (const id of WHOLE) takePart(next, id);
  for (const facet of next.querySelectorAll("details[data-facet]")) takeFacet(facet);
  takeTimeline(next);
  const results = takeNumbers(next);
  takeAttribute(next, "#other-language", "href");
  for (const selector of ['link[rel="canonical"]', 'link[type="application/atom+xml"]', 'link[hreflang="fr"]', 'link[hreflang="en"]']) {
    takeAttribute(next, selector, "href");
  }
  document.title = next.title;
  results.scrollTop = 0;
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

/**
 * Takes over what is said of the list: its number, its filters, where it reaches.
 * @param {Document} next
 */
function takeNumbers(next) {
  const results = byId("results");
  Object.assign(results.dataset, next.getElementById("results")?.dataset);
  return results;
}

/**
 * Adds the next page's items to the list; returns the first of them.
 * @param {Document} next
 * @returns {HTMLElement | null}
 */
export function appendList(next) {
  const items = [...next.querySelectorAll("#items > li")];
  byId("items").append(...items.map((item) => document.adoptNode(item)));
  takePart(next, "more");
  return items[0]?.querySelector("a") ?? null;
}

/**
 * Writes where the map looks and what it shades into the address that is shared, its QR codes and the code of a frame.
 * @param {string} fragment
 */
export function shareView(fragment) {
  const link = /** @type {HTMLInputElement | null} */ (document.getElementById("share-permalink"));
  const code = /** @type {HTMLTextAreaElement | null} */ (document.getElementById("share-embed"));
  if (link) link.value = link.value.split("#")[0] + fragment;
  const codes = /** @type {NodeListOf<HTMLImageElement>} */ (document.querySelectorAll('img[src*="/qr.svg"]'));
  const path = link?.value.slice(location.origin.length + ROOT.length) ?? "";
  if (path && path.length <= LONGEST_PATH) for (const image of codes) image.src = `${ROOT}/qr.svg?path=${encodeURIComponent(path)}`;
  if (code) code.value = code.value.replace(/(src="[^"#]*)[^"]*"/, `$1${fragment.replaceAll("&", "&amp;")}"`);
}

/**
 * @param {Document} next
 * @param {string} id
 */
function takePart(next, id) {
  const [part, own] = [next.getElementById(id), document.getElementById(id)];
  if (!part || !own) return;
  own.replaceChildren(...[...part.childNodes].map((node) => document.adoptNode(node)));
  own.hidden = part.hidden;
}

/**
 * The bars of the time line with their numbers; its handle stays.
 * @param {Document} next
 */
function takeTimeline(next) {
  const [bars, own] = [next.getElementById("timeline-bars"), document.getElementById("timeline-bars")];
  if (!bars || !own) return;
  own.replaceWith(document.adoptNode(bars));
  byId("timeline").toggleAttribute("data-empty", next.getElementById("timeline")?.hasAttribute("data-empty"));
}

/**
 * @param {Document} next
 * @param {string} selector
 * @param {string} name
 */
function takeAttribute(next, selector, name) {
  const value = next.querySelector(selector)?.getAttribute(name);
  if (value) document.querySelector(selector)?.setAttribute(name, value);
}

/**
 * Updates one button of the bar and its options in place: rows that stay are the same elements,
 * so that focus and scrolling survive.
 * @param {Element} next
 */
function takeFacet(next) {
  const name = /** @type {HTMLElement} */ (next).dataset.facet;
  const current = document.querySelector(`details[data-facet="${name}"]`);
  if (!current) return;
  current.classList.toggle("is-active", next.classList.contains("is-active"));
  const badge = current.querySelector(".badge");
  if (badge) badge.textContent = next.querySelector(".badge")?.textContent ?? "";
  for (const list of next.querySelectorAll("ul.options")) takeOptions(list);
}

/** @param {Element} next */
function takeOptions(next) {
  const list = document.getElementById(next.id);
  if (!list) return;
  /** @type {Map<string | undefined, HTMLElement>} */
  const known = new Map();
  for (const row of /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll("li"))) known.set(row.dataset.value, row);
  let last = null;
  for (const row of /** @type {NodeListOf<HTMLElement>} */ (next.querySelectorAll("li"))) {
    const same = known.get(row.dataset.value);
    if (same) {
      known.delete(row.dataset.value);
      same.dataset.count = row.dataset.count;
      const [count, box] = [same.querySelector(".option-count"), same.querySelector("input")];
      if (count) count.textContent = row.querySelector(".option-count")?.textContent ?? "";
      if (box) box.checked = row.querySelector("input")?.checked ?? false;
      last = same;
    } else {
      const added = document.adoptNode(row);
      if (last) last.after(added);
      else list.prepend(added);
      last = added;
    }
  }
  for (const gone of known.values()) gone.remove();
  const empty = list.nextElementSibling;
  if (empty instanceof HTMLElement) empty.hidden = list.childElementCount > 0;
}

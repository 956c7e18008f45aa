/**
 * The table: loads the rows that follow as one scrolls, lets those far away go, and moves from row
 * to row by arrow keys. Without it the link below the table leads on.
 */

import { byId, element } from "./dom.js";
import { fetchPage } from "./page.js";

/** How far beyond what is seen rows are kept, as the margin of an IntersectionObserver. */
const NEAR = "1500px 0px";

/** Rows that were let go, by the part of the table that they were in. */
/** @type {WeakMap<Element, DocumentFragment>} */
const away = new WeakMap();

const list = byId("list");
start();
// other filters bring another table
new MutationObserver(start).observe(list, { childList: true });

function start() {
  const region = document.getElementById("table-region");
  const table = document.getElementById("table");
  if (region && table) enhance(region, table);
}

/**
 * @param {HTMLElement} region What scrolls.
 * @param {HTMLElement} table
 */
function enhance(region, table) {
  const parts = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) comeBack(target);
        else letGo(target);
      }
    },
    { root: region, rootMargin: NEAR },
  );
  for (const part of table.querySelectorAll("tbody")) parts.observe(part);
  table.setAttribute("aria-rowcount", String(Number(table.dataset.total) + 1));

  const end = element("div", { class: "table-end" });
  region.append(end);
  let isLoading = false;
  const more = new IntersectionObserver(
    async ([entry]) => {
      const next = byId("table-more").querySelector("a");
      if (!entry.isIntersecting || isLoading || !next) return;
      isLoading = true;
      try {
        const part = await load(next);
        table.append(part);
        parts.observe(part);
        // seen anew if there is still room below the rows
        more.unobserve(end);
        more.observe(end);
      } catch (reason) {
        // the link stays, and leads on by itself
        console.info(reason);
        more.disconnect();
      }
      isLoading = false;
    },
    { root: region, rootMargin: "800px 0px" },
  );
  more.observe(end);
  region.addEventListener("keydown", moveByKey);
}

/**
 * The rows of the next page; the link then leads to those after them.
 * @param {HTMLAnchorElement} next
 * @returns {Promise<Element>}
 */
async function load(next) {
  const page = await fetchPage(next.href);
  const part = page.querySelector("#table tbody");
  if (!part) throw new Error("a page without a table");
  const link = page.getElementById("table-more");
  byId("table-more").replaceChildren(...(link ? [...link.childNodes].map((node) => document.adoptNode(node)) : []));
  return document.adoptNode(part);
}

/**
 * Leaves of a part only its height.
 * @param {Element} part
 */
function letGo(part) {
  if (away.has(part) || part.contains(document.activeElement)) return;
  const height = part.getBoundingClientRect().height;
  const rows = document.createDocumentFragment();
  rows.append(...part.childNodes);
  away.set(part, rows);
  const cell = element("td", { colspan: "10" });
  cell.style.height = `${height}px`;
  part.append(element("tr", { class: "spacer", "aria-hidden": "true" }, cell));
}

/** @param {Element} part */
function comeBack(part) {
  const rows = away.get(part);
  if (!rows) return;
  away.delete(part);
  part.replaceChildren(rows);
}

/**
 * Arrows go to the row above or below, Home and End to the first and the last that is here.
 * @param {KeyboardEvent} event
 */
function moveByKey(event) {
  const row = document.activeElement?.closest("tbody tr");
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const links = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#table tbody tr th a")]);
  const at = links.findIndex((link) => link.closest("tr") === row);
  const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key];
  if (target === undefined || !links[target] || (at < 0 && event.key !== "ArrowDown")) return;
  event.preventDefault();
  links[target].focus();
}

/** The form of filters: what happens when a box is ticked, a word typed, a panel opened. */

import { filtersOf, filtersOfForm } from "./address.js";
import { byId } from "./dom.js";
import { text } from "./texts.js";

/** Milliseconds without a keystroke before words are searched for. */
const TYPING_PAUSE = 220;

/**
 * @callback Navigate Shows the results of other filters.
 * @param {URLSearchParams} filters
 * @param {{ replace?: boolean }} [options] Whether the address replaces the last one in the history.
 */

/**
 * Wires the form up.
 * @param {Navigate} navigate
 */
export function enhanceFilters(navigate) {
  const form = /** @type {HTMLFormElement} */ (byId("filters"));
  const search = /** @type {HTMLInputElement} */ (byId("q"));
  let pause = 0;
  let wasTyping = false;

  form.addEventListener("change", (event) => {
    const isBox = event.target instanceof HTMLInputElement && (event.target.type === "checkbox" || event.target.type === "number");
    if (isBox || event.target instanceof HTMLSelectElement) {
      wasTyping = false;
      navigate(filtersOfForm(form));
    }
  });
  search.addEventListener("input", () => {
    clearTimeout(pause);
    const typed = search.value;
    pause = window.setTimeout(() => {
      // a suggestion that was chosen meanwhile has emptied the box
      if (search.value !== typed) return;
      navigate(filtersOfForm(form), { replace: wasTyping });
      wasTyping = true;
    }, TYPING_PAUSE);
  });
  search.addEventListener("blur", () => (wasTyping = false));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(pause);
    closePanels(null);
    navigate(filtersOfForm(form), { replace: wasTyping });
  });

  // Chips and the offers of an empty list are links to the page without one filter.
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[data-soft]") : null;
    if (!(link instanceof HTMLAnchorElement) || isModified(event)) return;
    event.preventDefault();
    navigate(filtersOf(new URL(link.href).search));
    byId("results").focus({ preventScroll: true });
  });

  enhancePanels(form);
  enhanceNarrowing(form);
  showShares();
}

/**
 * Makes the form say what the address says.
 * @param {URLSearchParams} filters
 */
export function showFilters(filters) {
  const search = /** @type {HTMLInputElement} */ (byId("q"));
  if (document.activeElement !== search) search.value = filters.get("q") ?? "";
  for (const name of ["year", "verified_since", "filter"]) {
    const field = /** @type {HTMLInputElement | HTMLSelectElement | null} */ (document.getElementById(name));
    if (field && document.activeElement !== field) field.value = filters.get(name) ?? "";
  }
  showShares();
}

/** Draws under each option how its count compares with the largest of its list. */
function showShares() {
  for (const list of document.querySelectorAll("ul.options")) {
    const rows = /** @type {HTMLElement[]} */ ([...list.children]);
    const largest = Math.max(1, ...rows.map((row) => Number(row.dataset.count)));
    for (const row of rows) row.style.setProperty("--share", (Number(row.dataset.count) / largest).toFixed(3));
  }
}

/** @param {MouseEvent} event */
function isModified(event) {
  return event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
}

/**
 * One panel is open at a time; Escape and a click elsewhere close it.
 * @param {HTMLFormElement} form
 */
function enhancePanels(form) {
  const panels = form.querySelectorAll("details");
  for (const panel of panels) {
    panel.addEventListener("toggle", () => {
      if (panel.open) closePanels(panel);
      if (panel.open) alignPanel(panel);
    });
  }
  document.addEventListener("pointerdown", (event) => {
    const inside = event.target instanceof Element ? event.target.closest("details.pill") : null;
    if (!inside || isBackdrop(event, inside)) closePanels(isBackdrop(event, inside) ? null : inside);
  });
  form.addEventListener("focusout", (event) => {
    const to = event.relatedTarget;
    if (to instanceof Element && !to.closest("details.pill[open]")) closePanels(null);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = form.querySelector("details[open]");
    open?.querySelector("summary")?.focus();
    closePanels(null);
  });
}

/**
 * Whether a press on an open panel's shadow (the phone's backdrop) is meant to close it.
 * @param {PointerEvent} event
 * @param {Element | null} panel
 */
function isBackdrop(event, panel) {
  const box = panel?.querySelector(".panel")?.getBoundingClientRect();
  const onSummary = event.target instanceof Element && event.target.closest("summary");
  if (!box || onSummary || !panel?.hasAttribute("open")) return false;
  return event.clientY < box.top || event.clientY > box.bottom || event.clientX < box.left || event.clientX > box.right;
}

/** @param {Element | null} except */
function closePanels(except) {
  for (const open of document.querySelectorAll("details.pill[open]")) {
    if (open !== except) open.removeAttribute("open");
  }
}

/**
 * Brings a button that is half outside its scrolling row into view, and in its panel what is chosen.
 * @param {HTMLElement} panel
 */
function alignPanel(panel) {
  panel.scrollIntoView({ block: "nearest", inline: "nearest" });
  panel.querySelector("input:checked")?.closest("li")?.scrollIntoView({ block: "nearest" });
}

/**
 * The field at the head of a long list hides the options that do not have its words.
 * @param {HTMLFormElement} form
 */
function enhanceNarrowing(form) {
  for (const field of /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("input[data-narrow]"))) {
    const list = byId(`facet-${field.dataset.narrow}`);
    field.addEventListener("input", () => {
      const wanted = fold(field.value);
      let shown = 0;
      for (const row of /** @type {HTMLElement[]} */ ([...list.children])) {
        row.hidden = !fold(row.querySelector(".option-label")?.textContent ?? "").includes(wanted);
        if (!row.hidden) shown += 1;
      }
      const empty = /** @type {HTMLElement} */ (list.nextElementSibling);
      empty.hidden = shown > 0;
      empty.textContent = shown > 0 ? "" : text("filters.none_here");
    });
    // Enter in this field narrows; it does not send the form.
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
  }
}

/**
 * Without case and accents.
 * @param {string} value
 */
function fold(value) {
  return value.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
}

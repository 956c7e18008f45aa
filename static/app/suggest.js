/**
 * What somebody who types into the search box may mean: a list under it, after the combobox pattern
 * of the ARIA Authoring Practices. What is chosen becomes a filter.
 *
 * @typedef {import("./explorer.js").Explorer} Explorer
 * @typedef {{ kind: string, id: string, label: string, detail: string | null, count: number, parameter: string | null, value: string | null, matches: [number, number][] }} Suggestion
 */

import { recordPath } from "./address.js";
import { byId, element } from "./dom.js";
import { counted, language, text } from "./texts.js";
import { ROOT } from "./root.js";

/** Suggestions shown at once. */
const SHOWN = 8;
/** Milliseconds without a keystroke before they are asked for. */
const TYPING_PAUSE = 90;

/**
 * Wires the search box up.
 * @param {Explorer} explorer
 */
export function enhanceSearch(explorer) {
  const box = /** @type {HTMLInputElement} */ (byId("q"));
  const list = byId("suggestions");
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "suggestions" })) {
    box.setAttribute(name, value);
  }
  /** @type {Suggestion[]} */
  let suggestions = [];
  let active = -1;
  let pause = 0;
  let stop = new AbortController();

  const close = () => {
    clearTimeout(pause);
    stop.abort();
    suggestions = [];
    activate(-1);
    list.hidden = true;
    list.replaceChildren();
    box.setAttribute("aria-expanded", "false");
  };
  const activate = (/** @type {number} */ index) => {
    active = index;
    [...list.children].forEach((row, at) => row.setAttribute("aria-selected", String(at === index)));
    if (index < 0) box.removeAttribute("aria-activedescendant");
    else box.setAttribute("aria-activedescendant", `suggestion-${index}`);
    list.children[index]?.scrollIntoView({ block: "nearest" });
  };
  const ask = async () => {
    stop.abort();
    const { signal } = (stop = new AbortController());
    const query = new URLSearchParams(explorer.filters);
    query.set("q", box.value);
    query.set("lang", language);
    query.set("limit", String(SHOWN));
    try {
      const answer = await fetch(`${ROOT}/api/suggest?${query}`, { signal });
      if (!answer.ok) return close();
      suggestions = (await answer.json()).suggestions;
    } catch {
      return;
    }
    if (signal.aborted || document.activeElement !== box) return;
    list.replaceChildren(...suggestions.map(row));
    activate(-1);
    list.hidden = suggestions.length === 0;
    box.setAttribute("aria-expanded", String(suggestions.length > 0));
  };
  const choose = (/** @type {number} */ index) => {
    const chosen = suggestions[index];
    if (!chosen) return;
    close();
    if (chosen.kind === "partnership") {
      location.assign(recordPath(chosen.id));
      return;
    }
    const filters = new URLSearchParams(explorer.filters);
    filters.delete("q");
    box.value = "";
    const [name, value] = chosen.kind === "partner" ? ["partner", chosen.id] : [chosen.parameter ?? "q", chosen.value ?? chosen.label];
    if (!filters.getAll(name).includes(value)) filters.append(name, value);
    void explorer.show({ filters });
  };

  box.addEventListener("input", () => {
    clearTimeout(pause);
    if (box.value.trim()) pause = window.setTimeout(() => void ask(), TYPING_PAUSE);
    else close();
  });
  box.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") activate((active + 1) % suggestions.length);
    else if (event.key === "ArrowUp") activate(active <= 0 ? suggestions.length - 1 : active - 1);
    else if (event.key === "Enter" && active >= 0) choose(active);
    else if (event.key === "Escape") close();
    else {
      if (event.key === "Enter" || event.key === "Tab") close();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  });
  box.addEventListener("blur", close);
  // the box keeps the focus, and the list stands until the press is over: what lies under it gets none of it
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target instanceof Element ? event.target.closest("li") : null;
    if (option) choose([...list.children].indexOf(option));
  });
}

/**
 * @param {Suggestion} suggestion
 * @param {number} index
 */
function row({ kind, label, detail, count, matches }, index) {
  const what = [text(`suggest.${kind}`), detail].filter(Boolean).join(" · ");
  return element(
    "li",
    { role: "option", id: `suggestion-${index}`, "aria-selected": "false", "data-kind": kind },
    element("span", { class: "suggestion-label" }, ...marked(label, matches)),
    element("small", {}, what),
    ...(kind === "partnership" ? [] : [element("small", { class: "suggestion-count" }, counted("map.partnerships", count))]),
  );
}

/**
 * A label with what was typed marked in it.
 * @param {string} label
 * @param {[number, number][]} matches
 */
function marked(label, matches) {
  /** @type {(Node | string)[]} */
  const parts = [];
  let at = 0;
  for (const [start, end] of matches) {
    parts.push(label.slice(at, start), element("mark", {}, label.slice(start, end)));
    at = end;
  }
  parts.push(label.slice(at));
  return parts;
}

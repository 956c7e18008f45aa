/**
 * Names of French authorities as they are typed, where a page asks for one. Without this module the server
 * proposes some once the form was sent.
 */

import { ROOT } from "./root.js";

/** Milliseconds without a key before the server is asked. */
const PAUSE = 150;
/** Suggestions asked for: some of them are no authorities. */
const ASKED = 30;

for (const field of document.querySelectorAll("input[list]")) {
  if (field instanceof HTMLInputElement && field.list) propose(field, field.list);
}

/**
 * @param {HTMLInputElement} field
 * @param {HTMLElement} list
 */
function propose(field, list) {
  /** @type {AbortController | null} */
  let asking = null;
  field.addEventListener("input", async () => {
    asking?.abort();
    const { signal } = (asking = new AbortController());
    await new Promise((done) => setTimeout(done, PAUSE));
    // one that was chosen, or too little to go by
    if (signal.aborted || field.value.length < 2 || field.value.endsWith(")")) return;
    const query = new URLSearchParams({ q: field.value, limit: String(ASKED), lang: document.documentElement.lang });
    try {
      const answer = await fetch(`${ROOT}/api/suggest?${query}`, { signal });
      if (answer.ok) offer(list, (await answer.json()).suggestions);
    } catch {
      // without proposals a name can be typed in full
    }
  });
}

/**
 * @param {HTMLElement} list
 * @param {{ kind: string, id: string, label: string, detail: string | null }[]} suggestions
 */
function offer(list, suggestions) {
  const options = suggestions
    .filter(({ kind }) => kind === "collectivity")
    .map(({ id, label, detail }) => {
      const option = document.createElement("option");
      option.value = `${label} (${id})`;
      option.textContent = detail;
      return option;
    });
  list.replaceChildren(...options);
}

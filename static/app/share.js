/** Buttons that copy addresses and citations. Without this module its fields are selected by hand. */

/** Milliseconds for which a button says that it has copied. */
const DONE = 2000;

// the panel of other filters comes with buttons of its own
document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("button[data-copy]") : null;
  if (button instanceof HTMLButtonElement) void copy(button);
});

/** @param {HTMLButtonElement} button */
async function copy(button) {
  const field = /** @type {HTMLInputElement | HTMLTextAreaElement | null} */ (document.getElementById(button.dataset.copy ?? ""));
  if (!field) return;
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    return; // selected, at least
  }
  const label = button.textContent;
  button.textContent = button.dataset.done ?? "";
  setTimeout(() => (button.textContent = label), DONE);
}

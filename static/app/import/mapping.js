/** The columns of the file: no native column twice, and what was changed is seen. */

/** Wires up the form, if the page has it. */
export function enhanceMapping() {
  const form = document.getElementById("mapping");
  if (!form) return;
  const selects = [...form.querySelectorAll("select")];
  for (const select of selects) {
    select.addEventListener("change", () => {
      mark(select);
      if (!select.value) return;
      // a column that is said to be here is not there any more
      for (const other of selects) {
        if (other === select || other.value !== select.value) continue;
        other.value = "";
        mark(other);
      }
    });
  }
}

/** @param {HTMLSelectElement} select */
function mark(select) {
  const was = [...select.options].findIndex((option) => option.defaultSelected);
  select.closest("tr")?.classList.toggle("is-changed", select.selectedIndex !== Math.max(was, 0));
}

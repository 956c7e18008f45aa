/** Giving a file: dropped or chosen, sent with a bar that says how far it is. */

import { byId } from "../dom.js";
import { language, loadTexts, text } from "../texts.js";
import { ROOT } from "../root.js";

const form = /** @type {HTMLFormElement} */ (byId("upload"));
const drop = byId("drop");
const input = /** @type {HTMLInputElement} */ (byId("file"));
const sending = byId("sending");
const bar = /** @type {HTMLProgressElement} */ (byId("sent"));
const trouble = byId("upload-error");
const button = /** @type {HTMLButtonElement} */ (form.querySelector("button[type=submit]"));

void loadTexts().then(() => {
  const label = form.querySelector('label[for="file"]');
  if (label) label.textContent = text("import.file.drop");
});

for (const type of ["dragenter", "dragover"]) {
  drop.addEventListener(type, (event) => {
    event.preventDefault();
    drop.classList.add("is-over");
  });
}
for (const type of ["dragleave", "dragend"]) drop.addEventListener(type, () => drop.classList.remove("is-over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("is-over");
  const files = event.dataTransfer?.files;
  if (!files?.length) return;
  if (files.length > 1) return fail(text("import.file.one"));
  input.files = files;
  input.dispatchEvent(new Event("change"));
});
// a file that misses its place must not take the page's
for (const type of ["dragover", "drop"]) addEventListener(type, (event) => event.preventDefault());

input.addEventListener("change", () => {
  const file = input.files?.[0];
  if (file && isTooLarge(file)) fail(text("import.file.too_large"));
  else trouble.hidden = true;
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const file = input.files?.[0];
  if (!file) return;
  if (isTooLarge(file)) fail(text("import.file.too_large"));
  else send(file);
});

/** @param {File} file */
function isTooLarge(file) {
  return file.size > Number(form.dataset.limit);
}

/**
 * Sends the file itself; what else the form says goes with the address.
 * @param {File} file
 */
function send(file) {
  const asked = new URLSearchParams({ dry_run: "true", file: file.name });
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && value) asked.set(name, value);
  }
  const request = new XMLHttpRequest();
  request.open("POST", `${ROOT}/api/imports?${asked}`);
  request.responseType = "json";
  request.upload.addEventListener("progress", ({ loaded, total, lengthComputable }) => {
    if (lengthComputable) bar.value = (100 * loaded) / total;
  });
  request.addEventListener("load", () => {
    if (request.status === 202) {
      location.assign(`${ROOT}${language === "en" ? "/en" : ""}/import/${request.response.id}`);
    } else if (request.status === 401) {
      location.reload();
    } else {
      fail(request.response?.message?.[language] ?? request.response?.detail ?? text("import.sending.failed"));
    }
  });
  for (const type of ["error", "timeout"]) request.addEventListener(type, () => fail(text("import.sending.failed")));
  byId("stop-sending").onclick = () => {
    request.abort();
    rest();
    button.focus();
  };
  trouble.hidden = true;
  bar.value = 0;
  sending.hidden = false;
  button.disabled = true;
  byId("stop-sending").focus();
  request.send(file);
}

/** Lets the form be used again. */
function rest() {
  sending.hidden = true;
  button.disabled = false;
}

/** @param {string} message */
function fail(message) {
  rest();
  trouble.textContent = message;
  trouble.hidden = false;
  input.focus();
}


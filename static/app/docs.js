// Shows the description of the API with Swagger UI, which /api/docs loads before this module.

/** @typedef {(options: Record<string, unknown>) => void} SwaggerUI */

const place = document.getElementById("operations");
const show = /** @type {{ SwaggerUIBundle?: SwaggerUI }} */ (/** @type {unknown} */ (globalThis)).SwaggerUIBundle;
if (place && show) {
  show({
    url: place.dataset.description,
    domNode: place,
    deepLinking: true,
    docExpansion: "none",
    defaultModelsExpandDepth: 0,
    filter: true,
    // the badge of a validator would be an outside request
    validatorUrl: null,
  });
  // Swagger UI draws its list of servers when it likes, and without a name
  const name = () => place.querySelector("#servers:not([aria-label])")?.setAttribute("aria-label", "Server");
  new MutationObserver(name).observe(place, { childList: true, subtree: true });
}

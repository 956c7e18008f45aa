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
    onComplete: () => {
      // Swagger UI brings a list of servers without a name
      place.querySelector("#servers")?.setAttribute("aria-label", "Server");
    },
  });
}

// For the type checker only (tests/browser): the types of the npm package of the same version.
export * from "maplibre-gl";

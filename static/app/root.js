/** Where the site begins, without a slash at the end: empty at the root of a host, `/atlas` below a prefix. */
export const ROOT = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

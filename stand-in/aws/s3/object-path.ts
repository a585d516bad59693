/**
 * An object's key as the path of a file: readable, and no key leads out of its folder. `encodeURIComponent` leaves
 * dots alone, so names of nothing but dots are written otherwise; a name that is empty gets one that no other name has.
 */
export const pathOfKey = (key: string): string =>
  key
    .split("/")
    .map((name) => (name === "" ? "%" : encodeURIComponent(name).replace(/^\.+$/, (dots) => "%2E".repeat(dots.length))))
    .join("/");

export const keyOfPath = (path: string): string =>
  path
    .split("/")
    .map((name) => (name === "%" ? "" : decodeURIComponent(name)))
    .join("/");

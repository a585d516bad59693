/** What `load` gives, asked for again when it is older than this. A failed load is not kept. */
export function cached<T>(load: () => Promise<T>, maxAgeMs: number, now: () => number): () => Promise<T> {
  let held: { value: Promise<T>; until: number } | undefined;
  return () => {
    if (held && now() < held.until) return held.value;
    const value = load();
    const loading = { value, until: now() + maxAgeMs };
    held = loading;
    value.catch(() => {
      if (held === loading) held = undefined;
    });
    return value;
  };
}

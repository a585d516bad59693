/** What a text from outside says as JSON; undefined for none, or for what is no JSON. Whoever calls parses its shape. */
export function parseJson(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

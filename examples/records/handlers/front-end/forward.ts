/** What became of a record: the status that this server answers with, and what it says. */
export interface Outcome {
  readonly status: 201 | 202 | 400 | 502 | 504;
  readonly message: string;
  readonly recordId?: string;
}

export interface Backend {
  /** Address of the API, to which `record` is appended. */
  readonly url: string;
  /** How long an answer may take, milliseconds: nobody waits for a backend that hangs. */
  readonly timeoutMs: number;
  fetch: typeof fetch;
}

/** Sends a record to the API. What is wrong there is a 502 here, no answer in time a 504; a client's mistake stays a 400. */
export async function forward(
  record: unknown,
  headers: Readonly<Record<string, string>>,
  { url, timeoutMs, fetch }: Backend,
): Promise<Outcome> {
  try {
    const response = await fetch(new URL("record", url.endsWith("/") ? url : `${url}/`), {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(record),
      // Covers the body as well as the first byte.
      signal: AbortSignal.timeout(timeoutMs),
    });
    return outcomeOf(response.status, parseJson(await response.text()));
  } catch (error) {
    const { name } = error as Error;
    if (name === "TimeoutError") return { status: 504, message: `the backend did not answer in ${timeoutMs} ms` };
    return { status: 502, message: "the backend cannot be reached" };
  }
}

function outcomeOf(status: number, body: { recordId?: unknown; message?: unknown }): Outcome {
  const { recordId, message } = body;
  if ((status === 201 || status === 202) && typeof recordId === "string") {
    return { status, message: status === 201 ? "Saved." : "Accepted, and saved soon.", recordId };
  }
  if (status === 400) return { status, message: [message].flat().join("; ") };
  return { status: 502, message: `the backend answered ${status}` };
}

function parseJson(text: string): { recordId?: unknown; message?: unknown } {
  try {
    return (JSON.parse(text) ?? {}) as object;
  } catch {
    return {};
  }
}

import { ChangedMeanwhile } from "../runtime/errors.ts";

/**
 * Sends a change that Lambda makes only to the revision that was read. Throws `ChangedMeanwhile` when there is a newer one:
 * 412 `PreconditionFailedException` (Lambda API reference, "UpdateFunctionConfiguration", "UpdateAlias").
 */
export async function atRevision(
  what: string,
  revision: string | undefined,
  send: () => Promise<unknown>,
): Promise<void> {
  try {
    await send();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "PreconditionFailedException") throw error;
    throw new ChangedMeanwhile(
      `${what} at revision ${revision}`,
      "a newer one",
      "Somebody else was faster; it is read again.",
      { cause: error },
    );
  }
}

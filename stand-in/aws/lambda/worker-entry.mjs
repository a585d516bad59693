// Runs execution environments of one hosted function: each loads the bundle anew, then answers one event at a time.
import { parentPort, workerData } from "node:worker_threads";

const handlers = new Map();

parentPort.on("message", async ({ environment, event, context }) => {
  const answer = (message) => parentPort.postMessage({ environment, ...message });
  const handler = handlers.get(environment);
  if (!handler) return answer(await load(environment));
  try {
    answer({ result: (await handler(event, context)) ?? null });
  } catch (error) {
    answer({ error: describe(error) });
  }
});

/** A query makes it another module, with variables of its own; what it imports from elsewhere is shared. */
async function load(environment) {
  try {
    const { [workerData.exportName]: handler } = await import(`${workerData.module}?environment=${environment}`);
    if (typeof handler !== "function")
      throw new Error(`${workerData.module} exports no function ${workerData.exportName}`);
    handlers.set(environment, handler);
    return { ready: true };
  } catch (error) {
    return { failed: describe(error) };
  }
}

function describe(error) {
  return { errorType: error?.name ?? "Error", errorMessage: error?.message ?? String(error) };
}

// Runs one execution environment of a hosted function: loads its bundle, then answers one event at a time.
import { parentPort, workerData } from "node:worker_threads";

try {
  const { [workerData.exportName]: handler } = await import(workerData.module);
  if (typeof handler !== "function")
    throw new Error(`${workerData.module} exports no function ${workerData.exportName}`);
  parentPort.on("message", async ({ event, context }) => {
    try {
      parentPort.postMessage({ result: (await handler(event, context)) ?? null });
    } catch (error) {
      parentPort.postMessage({ error: describe(error) });
    }
  });
  parentPort.postMessage({ ready: true });
} catch (error) {
  parentPort.postMessage({ failed: describe(error) });
}

function describe(error) {
  return { errorType: error?.name ?? "Error", errorMessage: error?.message ?? String(error) };
}

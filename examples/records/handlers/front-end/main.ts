import { frontEnd } from "./server.ts";
import { tracer } from "./trace.ts";

/** The front end as a process: Elastic Beanstalk gives it a port, the stack the address of its backend. */
const { BACKEND_API_URL, BACKEND_TIMEOUT_MS = "5000", PORT = "8080", AWS_XRAY_DAEMON_ADDRESS } = process.env;
if (!BACKEND_API_URL || !URL.canParse(BACKEND_API_URL)) {
  throw new Error(
    `Expected BACKEND_API_URL to be the API's address; found "${BACKEND_API_URL}". examples/records/front-end.ts sets it.`,
  );
}
const timeoutMs = Number(BACKEND_TIMEOUT_MS);
if (!(timeoutMs > 0)) throw new Error(`Expected BACKEND_TIMEOUT_MS to be milliseconds; found "${BACKEND_TIMEOUT_MS}".`);

const log = (line: Record<string, unknown>) =>
  console.log(JSON.stringify({ ...line, timestamp: new Date().toISOString(), service: "records-front-end" }));

const server = frontEnd({
  backend: { url: BACKEND_API_URL, timeoutMs, fetch },
  trace: tracer(AWS_XRAY_DAEMON_ADDRESS),
  log,
});
// Longer than nginx before it keeps a connection, so that it is never the server that closes one in use.
server.keepAliveTimeout = 65_000;
// The proxy on the same instance is the only one that has to reach it.
server.listen(Number(PORT), "127.0.0.1", () => log({ level: "INFO", message: `listens on ${PORT}` }));
process.on("SIGTERM", () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});

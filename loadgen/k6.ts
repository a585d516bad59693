import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { LoadError } from "./errors.ts";

/** k6's exit code when its REST address is taken (k6 source, `errext/exitcodes`). */
const PORT_TAKEN = 106;
/** `status` of GET /v1/status when k6 is set up and waits to be resumed (k6 source, `lib.ExecutionStatus`). */
const PAUSED_BEFORE_RUN = 4;
/** fetch refuses some ports up to this one (Fetch standard, "Port blocking"). */
const LAST_BLOCKED_PORT = 10_080;
/** A k6 that SIGINT did not end within this time is killed. ECS itself kills 30 s after its SIGTERM. */
const STOP_SECONDS = 10;
const LOG_LINES = 20;
const WAITING = "k6 to be set up and to wait until it is resumed";

/** What k6 and its script see of the worker's environment: no AWS credentials, no K6_ option from elsewhere. */
const INHERITED = /^(PATH|HOME|TMPDIR|LANG|SSL_CERT_FILE|SSL_CERT_DIR|HTTPS?_PROXY|NO_PROXY)$/i;

export interface K6Options {
  readonly path: string;
  /** The script's file. */
  readonly script: string;
  /** Variables for the script. */
  readonly variables: Record<string, string>;
  readonly segment: string;
  readonly sequence: string;
  /** Called with each line of the CSV output, header included. */
  readonly onLine: (line: string) => void;
  /** Ends k6 when aborted. */
  readonly stop: AbortSignal;
}

/** k6 could not be brought to the point where it waits to be resumed. */
export class K6NotReady extends LoadError {
  override readonly name = "K6NotReady";
  readonly exitCode: number | null;
  readonly log: readonly string[];

  constructor(
    [expected, found, next]: readonly [string, string, string],
    {
      exitCode = null,
      log = [],
      ...options
    }: { exitCode?: number | null; log?: readonly string[]; cause?: unknown } = {},
  ) {
    super(expected, found, next, options);
    this.exitCode = exitCode;
    this.log = log;
  }
}

/** What `k6 version` says, such as `k6 v2.2.0 (go1.26.8, linux/amd64)`. */
export async function k6Version(path: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(path, ["version"], { timeout: 30_000 });
    return stdout.split("\n")[0]!.trim();
  } catch (cause) {
    throw new K6NotReady([`k6 at "${path}"`, "nothing there that runs", "Set K6_PATH to a k6, or have it on PATH."], {
      cause,
    });
  }
}

/** Starts k6 paused and returns once its virtual users are ready. A port that somebody else was quicker to take is not fatal. */
export async function startK6(options: K6Options, readyWithinSeconds = 120, attempts = 3): Promise<K6> {
  const k6 = new K6(options, await freePort());
  try {
    await k6.ready(readyWithinSeconds);
    return k6;
  } catch (error) {
    await k6.stop();
    if (!(error instanceof K6NotReady) || error.exitCode !== PORT_TAKEN || attempts <= 1) throw error;
    return startK6(options, readyWithinSeconds, attempts - 1);
  }
}

/** One running k6 process. */
export class K6 {
  /** Resolves with the exit code, null after a signal, once every line has been handed over. */
  readonly ended: Promise<number | null>;
  /** Aborted when the process is gone. */
  readonly gone: AbortSignal;
  /** The last lines that k6 logged. */
  readonly log: string[] = [];
  readonly #process: ChildProcess;
  readonly #status: string;

  constructor({ path, script, variables, segment, sequence, onLine, stop }: K6Options, port: number) {
    this.#status = `http://127.0.0.1:${port}/v1/status`;
    const args = [
      ...["run", "--paused", "--address", `127.0.0.1:${port}`],
      ...["--execution-segment", segment, "--execution-segment-sequence", sequence],
      ...["--no-usage-report", "-q", "--no-color", "--log-format", "json", "--summary-mode", "disabled"],
      ...["--system-tags", "scenario,status,error_code,expected_response"],
      // The only form that works here: Node's pipes are sockets, which k6 cannot open as /dev/stdout.
      ...["--out", "csv=-", script],
    ];
    this.#process = spawn(path, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...Object.fromEntries(Object.entries(process.env).filter(([name]) => INHERITED.test(name))),
        ...variables,
        K6_CSV_TIME_FORMAT: "unix_micro",
        K6_CSV_SAVE_INTERVAL: "200ms",
        // k6 would ask the network for extensions that a script imports.
        K6_AUTO_EXTENSION_RESOLUTION: "false",
      },
    });
    createInterface({ input: this.#process.stdout! }).on("line", onLine);
    createInterface({ input: this.#process.stderr! }).on("line", (line) => this.#remember(messageOf(line)));
    this.ended = once(this.#process, "close").then(
      ([code]) => code as number | null,
      (error: Error) => {
        this.#remember(error.message);
        return null;
      },
    );
    const gone = new AbortController();
    this.gone = gone.signal;
    void this.ended.then(() => gone.abort());
    stop.addEventListener("abort", () => void this.stop(), { signal: this.gone });
    if (stop.aborted) void this.stop();
  }

  /** Waits until k6 says that it waits to be resumed. */
  async ready(withinSeconds: number): Promise<void> {
    const giveUpAt = Date.now() + withinSeconds * 1_000;
    while ((await this.#executionStatus()) !== PAUSED_BEFORE_RUN) {
      if (this.gone.aborted) {
        const exitCode = await this.ended;
        const ended = `it ended with ${exitCode} before it was ready: ${this.log.at(-1)}`;
        throw new K6NotReady([WAITING, ended, "See the lines that it logged."], { exitCode, log: this.log });
      }
      if (Date.now() > giveUpAt) {
        const late = `it still not ready after ${withinSeconds} s`;
        throw new K6NotReady([WAITING, late, "Give the load fewer virtual users, or more shards."], { log: this.log });
      }
      await sleep(25);
    }
  }

  /** Lets the load begin: the first request leaves a few milliseconds later. */
  async resume(): Promise<void> {
    const body = { data: { type: "status", id: "default", attributes: { paused: false } } };
    const answer = await fetch(this.#status, { method: "PATCH", body: JSON.stringify(body) });
    if (answer.ok) return;
    const found = `${answer.status} ${await answer.text()}`;
    throw new LoadError("k6 to accept that it is resumed", found, "See the lines that it logged.");
  }

  /** Ends k6 and waits until it is gone. Requests in flight vanish without a row. */
  async stop(): Promise<void> {
    if (this.gone.aborted) return;
    this.#process.kill("SIGINT");
    const impatience = setTimeout(() => this.#process.kill("SIGKILL"), STOP_SECONDS * 1_000);
    await this.ended;
    clearTimeout(impatience);
  }

  async #executionStatus(): Promise<number | undefined> {
    try {
      const answer = await fetch(this.#status, { signal: AbortSignal.timeout(2_000) });
      const { data } = (await answer.json()) as { data: { attributes: { status: number } } };
      return data.attributes.status;
    } catch {
      // Not listening yet, or gone: the caller looks at the process.
      return undefined;
    }
  }

  #remember(line: string): void {
    this.log.push(line);
    if (this.log.length > LOG_LINES) this.log.shift();
  }
}

/** A loopback port that is free now and that fetch accepts. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port > LAST_BLOCKED_PORT ? port : freePort();
}

/** k6 logs JSON; what it prints before its logger is set up is plain. */
function messageOf(line: string): string {
  try {
    const { level, msg, error } = JSON.parse(line) as { level?: string; msg?: string; error?: string };
    return [level && `${level}:`, msg, error && `(${error})`].filter(Boolean).join(" ");
  } catch {
    return line;
  }
}

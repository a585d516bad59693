import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** moto starts in about a second; two cores may be busy with other tests. */
const START_SECONDS = 30;

export interface Moto {
  readonly url: string;
  /** Everything as in a new account. */
  reset(): Promise<void>;
  /** One of the settings under `/moto-api` (moto manual, "Recorder, configuration and state transitions"). */
  configure(path: string, body: object): Promise<void>;
  stop(): Promise<void>;
}

/** moto's server as a process of its own, which ends with this one whatever ends this one. */
export async function startMoto(python: string): Promise<Moto> {
  const child = spawn(python, [fileURLToPath(new URL("serve.py", import.meta.url))], {
    stdio: ["pipe", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      TMPDIR: process.env.TMPDIR,
      MOTO_ALLOW_NONEXISTENT_REGION: "true",
      // What an account has by default; moto looks at it only when it is told.
      MOTO_LAMBDA_CONCURRENCY_QUOTA: "1000",
    },
  });
  const url = `http://127.0.0.1:${await portOf(child)}`;
  const post = async (path: string, body?: object) => {
    const answer = await fetch(`${url}/moto-api/${path}`, {
      method: "POST",
      ...(body ? { body: JSON.stringify(body), headers: { "content-type": "application/json" } } : {}),
    });
    if (!answer.ok) throw new Error(`moto answered ${answer.status} to ${path}: ${await answer.text()}`);
  };
  return {
    url,
    reset: () => post("reset"),
    configure: post,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** The first line that it writes. */
async function portOf(child: ChildProcess): Promise<number> {
  let said = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    said = `${said}${text}`.slice(-2000);
  });
  const line = once(createInterface({ input: child.stdout! }), "line").then(([text]) => Number(text));
  const ended = once(child, "exit").then(() => Promise.reject(new Error(`moto ended at once: ${said}`)));
  const late = sleep(START_SECONDS * 1000, undefined, { ref: false }).then(() => {
    child.kill("SIGKILL");
    throw new Error(`moto did not answer within ${START_SECONDS} s: ${said}`);
  });
  ended.catch(() => {});
  late.catch(() => {});
  return Promise.race([line, ended, late]);
}

/** moto gives a function only to a role that it knows; the product itself never asks IAM, so that there is no client. */
export async function createRole({ url }: Moto, name: string): Promise<string> {
  const trust = { Version: "2012-10-17", Statement: [] };
  const query = { Action: "CreateRole", Version: "2010-05-08", RoleName: name };
  const answer = await fetch(url, {
    method: "POST",
    headers: { authorization: "AWS4-HMAC-SHA256 Credential=contract/20261121/us-east-1/iam/aws4_request" },
    body: new URLSearchParams({ ...query, AssumeRolePolicyDocument: JSON.stringify(trust) }),
  });
  const arn = /<Arn>(.*)<\/Arn>/.exec(await answer.text())?.[1];
  if (arn === undefined) throw new Error(`moto made no role ${name}`);
  return arn;
}

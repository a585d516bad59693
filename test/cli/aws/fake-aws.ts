import { mkdtempSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An answer to one operation: its output, or the service's error. */
type Answer = object | { readonly __type: string; readonly message: string };

/** SSM, Step Functions and S3 as far as the command line asks them, on loopback; DynamoDB elsewhere, if anywhere. */
export class FakeAws {
  /** What SSM and Step Functions answer, by operation. */
  answers: Record<string, (input: Record<string, string>) => Answer> = {};
  /** What S3 has, by bucket and key. */
  readonly objects = new Map<string, string>();
  /** Every call in its order. */
  readonly calls: { operation: string; input: Record<string, string> }[] = [];
  readonly #server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      if (request.headers["x-amz-target"] === undefined) return this.#object(request, response);
      const operation = String(request.headers["x-amz-target"]).split(".").at(-1) ?? "";
      const input = JSON.parse(body || "{}") as Record<string, string>;
      this.calls.push({ operation, input });
      const answer = this.answers[operation]?.(input) ?? error("UnknownOperationException", operation);
      response.writeHead("__type" in answer ? 400 : 200, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify(answer));
    });
  });

  #object(request: IncomingMessage, response: ServerResponse): void {
    const object = this.objects.get(new URL(request.url ?? "/", this.url).pathname.slice(1));
    response.writeHead(object === undefined ? 404 : 200);
    response.end(object ?? "<Error><Code>NoSuchKey</Code><Message>none</Message></Error>");
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Everything but the login: nothing of this machine's own configuration is seen, and no call leaves it. */
  get surroundings(): Record<string, string> {
    const home = mkdtempSync(join(tmpdir(), "gameday-home-"));
    return {
      PATH: process.env.PATH ?? "",
      HOME: home,
      NO_COLOR: "1",
      AWS_CONFIG_FILE: join(home, "config"),
      AWS_SHARED_CREDENTIALS_FILE: join(home, "credentials"),
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_ENDPOINT_URL: this.url,
    };
  }
}

export const LOGGED_IN = { AWS_REGION: "eu-central-1", AWS_ACCESS_KEY_ID: "AKIATEST", AWS_SECRET_ACCESS_KEY: "test" };

export const error = (name: string, message: string): Answer => ({ __type: name, message });

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += chunk as string;
  return body;
}

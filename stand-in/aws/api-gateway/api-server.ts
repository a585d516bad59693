import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { close, listen } from "../../gateway/gateway.ts";
import type { Answer } from "../lambda/execution-environment.ts";

export type Invoke = (functionArn: string, event: unknown) => Promise<Answer>;
type Respond = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** An API's server, listening before the templates are resolved: its address is part of them. */
export interface ApiAddress {
  readonly apiId: string;
  readonly url: string;
  /** Closes every connection without an answer while it is not there. Default: it always is. */
  reachableWhile(isThere: () => boolean): void;
  stop(): Promise<void>;
}

/** Listens for an API; until there is something to answer with, it is not available. */
export async function listenForApi(apiId: string): Promise<ApiAddress & { answerWith(respond: Respond): void }> {
  let answer: Respond | undefined;
  let isThere = () => true;
  const server: Server = createServer((request, response) => {
    if (!isThere()) request.socket.destroy();
    else if (answer) void answer(request, response).catch(() => response.destroy());
    else response.writeHead(503).end();
  });
  server.keepAliveTimeout = 60_000;
  await listen(server);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    apiId,
    url,
    answerWith(respond) {
      answer = respond;
    },
    reachableWhile(there) {
      isThere = there;
    },
    stop: () => close(server),
  };
}

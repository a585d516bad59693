import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";

/** One request as X-Ray sees it: a segment of this server, and in it the call of the backend. */
export interface Trace {
  /** What the backend's request has to carry so that its segments belong to the same trace. */
  readonly header: string;
  end(status: number): void;
}

/** One request in twenty, as X-Ray samples where nothing else is said. */
const SAMPLED_SHARE = 0.05;
const id = (bytes: number) => randomBytes(bytes).toString("hex");

/**
 * Tells X-Ray's daemon of some of the requests (X-Ray developer guide, "Sending segment documents to the X-Ray daemon").
 * `daemon` is its address, such as `127.0.0.1:2000`; without one nobody is told.
 */
export function tracer(daemon: string | undefined, random: () => number = Math.random): (path: string) => Trace {
  const [host, port] = daemon?.split(":") ?? [];
  const socket = daemon ? createSocket("udp4").unref() : undefined;
  // A daemon that is gone must not end the server.
  socket?.on("error", () => {});
  return (path) => {
    const began = Date.now() / 1000;
    const traceId = `1-${Math.floor(began).toString(16)}-${id(12)}`;
    const [segment, call] = [id(8), id(8)];
    const sampled = socket !== undefined && random() < SAMPLED_SHARE;
    return {
      header: `Root=${traceId};Parent=${call};Sampled=${sampled ? 1 : 0}`,
      end(status) {
        if (!sampled) return;
        const times = { start_time: began, end_time: Date.now() / 1000 };
        const fault = status >= 500;
        const document = {
          name: "records-front-end",
          id: segment,
          trace_id: traceId,
          origin: "AWS::ElasticBeanstalk::Environment",
          ...times,
          fault,
          http: { request: { method: "POST", url: path }, response: { status } },
          subsegments: [{ id: call, name: "record-api", namespace: "remote", ...times, fault }],
        };
        socket?.send(`{"format":"json","version":1}\n${JSON.stringify(document)}`, Number(port), host);
      },
    };
  };
}

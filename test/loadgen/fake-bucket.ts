import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const NO_SUCH_KEY = '<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>none</Message></Error>';

/** As much of S3 as the worker needs: PUT and GET of an object, over HTTP on loopback. */
export async function fakeBucket(name = "results") {
  const objects = new Map<string, string>();
  const bucket = { objects, refusals: 0 };
  const server = createServer(async (request, response) => {
    const key = decodeURIComponent(request.url!.split("?")[0]!).replace(`/${name}/`, "");
    let body = "";
    for await (const chunk of request) body += chunk;
    if (request.method === "PUT") {
      if (bucket.refusals-- > 0) return response.writeHead(503).end();
      objects.set(key, body);
      return response.end();
    }
    const object = objects.get(key);
    if (object === undefined) return response.writeHead(404, { "content-type": "application/xml" }).end(NO_SUCH_KEY);
    return response.end(object);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(bucket, {
    environment: {
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      RESULTS_BUCKET: name,
    },
    close: () => server.close().closeAllConnections(),
  });
}

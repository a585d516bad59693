/** The load of a drill's `request`: one HTTP request an iteration. */
import exec from "k6/execution";
import http from "k6/http";
import { gamedayOptions, load, requestParams, uuid } from "./lib.ts";

export const options = gamedayOptions();

const params = requestParams();

export default function () {
  http.request(load.method, load.url, load.body === undefined ? null : filled(load.body), params);
}

/** `{{uuid}}` and `{{iteration}}` in a body differ with each request; the iteration counts over all shards. */
function filled(body: string): string {
  return body.replaceAll("{{uuid}}", uuid).replaceAll("{{iteration}}", () => String(exec.scenario.iterationInTest));
}

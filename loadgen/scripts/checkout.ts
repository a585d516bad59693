/** An example of a script of your own: a shopper looks at the shop and then orders. `load: { script: checkout.ts }` */
import http from "k6/http";
import { gamedayOptions, load, requestParams, uuid } from "./lib.ts";

export const options = gamedayOptions({ requestsPerIteration: 2 });

/** `load.url` is the target's front door, with a / at its end. */
export default function () {
  const params = requestParams();
  http.get(load.url, params);
  const order = { id: uuid(), items: [{ sku: "umbrella", quantity: 1 }] };
  http.post(`${load.url}orders`, JSON.stringify(order), {
    ...params,
    headers: { ...params.headers, "content-type": "application/json" },
  });
}

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Clients } from "../../functions/runtime/clients.ts";
import { realClients } from "./moto/clients.ts";
import { installMoto } from "./moto/installation.ts";
import { type Moto, startMoto } from "./moto/server.ts";
import { normalForm } from "./normal-form.ts";
import { services } from "./services/index.ts";

/**
 * Calls that the product makes, made against moto, which other people wrote after AWS, and against the stand-in. Where
 * there is no moto they are skipped, unless GAMEDAY_CONTRACTS=1 demands them.
 */
const { HOME, PATH, XDG_CACHE_HOME } = process.env;
const { python, missing } = await installMoto({ HOME, PATH, XDG_CACHE_HOME });
const demanded = process.env.GAMEDAY_CONTRACTS === "1";
const skipped = missing !== undefined && !demanded;

describe.skipIf(skipped)(skipped ? `no moto: ${missing}` : "moto and the stand-in answer alike", () => {
  let moto: Moto;
  let clients: ReturnType<typeof realClients>;
  beforeAll(async () => {
    if (python === undefined) throw new Error(`GAMEDAY_CONTRACTS=1 demands moto, but ${missing}`);
    moto = await startMoto(python);
    clients = realClients(moto.url);
  }, 40_000);
  afterAll(async () => {
    clients?.destroy();
    await moto?.stop();
  });

  for (const { of, contracts, inMoto, inStandIn } of services) {
    test.each(Object.entries(contracts))(`${of}: %s`, async (_name, call) => {
      await moto.reset();
      const world = await inMoto(clients, moto);
      const standIn = await inStandIn();
      try {
        const [theirs, ours] = await Promise.all([
          call(clients, world),
          call(standIn.clients as Clients, standIn.world),
        ]);
        expect(normalForm(ours)).toEqual(normalForm(theirs));
      } finally {
        await standIn.stop?.();
      }
    });
  }
});

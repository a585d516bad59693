import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { Clients } from "../../functions/runtime/clients.ts";
import { NOT_COMPARED } from "./not-compared.ts";
import { services } from "./services/index.ts";

/** No SDK call of the product is forgotten: made in a contract, or named with the reason why not. Needs no moto. */

const folders = ["functions", "examples"].map((name) => fileURLToPath(new URL(`../../${name}`, import.meta.url)));
const SDK_IMPORT = /import\s*(type\s*)?{([^}]*)}\s*from\s*"@aws-sdk\/[\w-]+"/g;

/** The names of the commands that a file imports, without their ending: `GetObject`; both SDK faces of DynamoDB alike. */
function callsIn(file: string): string[] {
  return [...readFileSync(file, "utf8").matchAll(SDK_IMPORT)]
    .filter(([, onlyTypes]) => onlyTypes === undefined)
    .flatMap(([, , names = ""]) => names.split(","))
    .flatMap((name) => /^(\w+)Command$/.exec(name.trim())?.[1] ?? []);
}

const calls = new Set(
  folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .flatMap((path) => callsIn(join(folder, path))),
  ),
);

const made = new Set<string>();
const recorded = (clients: Partial<Clients>): Clients =>
  Object.fromEntries(
    Object.entries(clients).map(([name, client]) => [
      name,
      {
        send: (command: object) => {
          made.add(command.constructor.name.replace(/Command$/, ""));
          return (client.send as (command: object) => unknown)(command);
        },
      },
    ]),
  ) as unknown as Clients;

describe("every contract can be kept by the stand-in alone", () => {
  for (const { of, contracts, inStandIn } of services) {
    test.each(Object.entries(contracts))(`${of}: %s`, async (_name, call) => {
      const { clients, world, stop } = await inStandIn();
      try {
        expect(await call(recorded(clients), world)).toBeDefined();
      } finally {
        await stop?.();
      }
    });
  }
});

describe("the calls of the product", () => {
  const whole = NOT_COMPARED.filter(({ but }) => but === undefined).flatMap((entry) => entry.calls);
  const inPart = NOT_COMPARED.filter(({ but }) => but !== undefined).flatMap((entry) => entry.calls);

  test("are each made in a contract, or named as one that moto cannot judge", () => {
    expect(calls.size).toBeGreaterThan(30);
    expect([...calls].filter((call) => !made.has(call) && !whole.includes(call))).toEqual([]);
    expect(whole.filter((call) => made.has(call))).toEqual([]);
  });

  test("are still made where a part of them is left out", () => {
    expect(inPart.filter((call) => !made.has(call) || !calls.has(call))).toEqual([]);
  });
});

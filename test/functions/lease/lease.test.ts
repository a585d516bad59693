import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createLeases } from "../../../functions/lease/lease.ts";
import { NotReady, TargetNotFree } from "../../../functions/runtime/errors.ts";
import { startTables } from "../tables.ts";

let tables: Awaited<ReturnType<typeof startTables>>;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.stop());

const NINE = new Date("2026-11-21T09:00:00Z");
const TEN = new Date("2026-11-21T10:00:00Z");
const game = (id: string) => ({ id, executionArn: `arn:aws:states:local:000000000000:execution:GameDay:${id}` });
const leasesAt = (now: Date) => createLeases(tables.documents, "leases", { now: () => now });
const leases = () => leasesAt(NINE);

describe("a target", () => {
  test("is one game day's at a time; the other one is told whose, and until when", async () => {
    await leases().acquire("busy", game("day-1"), TEN);
    const refused = leases().acquire("busy", game("day-2"), TEN);
    await expect(refused).rejects.toThrow(TargetNotFree);
    await expect(refused).rejects.toThrow("a game day that holds it: day-1. Its lease ends 2026-11-21T10:00:00.000Z.");
  });

  test("of two that come at the same time, one has it", async () => {
    const both = await Promise.allSettled(["day-1", "day-2"].map((day) => leases().acquire("race", game(day), TEN)));
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const winner = both[0]!.status === "fulfilled" ? "day-1" : "day-2";
    expect(await leases().read("race")).toMatchObject({ holder: winner });
  });

  test("stays its holder's when that asks again, as a repeated step does", async () => {
    await leases().acquire("again", game("day-1"), TEN);
    await leases().acquire("again", game("day-1"), new Date("2026-11-21T11:00:00Z"));
    expect(await leases().read("again")).toEqual({
      target: "again",
      holder: "day-1",
      executionArn: game("day-1").executionArn,
      cleanUps: 0,
      expiresAt: Date.parse("2026-11-21T11:00:00Z") / 1000,
    });
  });

  test("is free once it was given back", async () => {
    await leases().acquire("returned", game("day-1"), TEN);
    await leases().release("returned", "day-1");
    expect(await leases().read("returned")).toBeUndefined();
    await leases().acquire("returned", game("day-2"), TEN);
  });

  test("whose game day is gone is left to the safety net: nobody takes it over", async () => {
    await leases().acquire("expired", game("day-1"), TEN);
    const later = new Date(TEN.getTime() + 1000);
    const refused = leasesAt(later).acquire("expired", game("day-2"), new Date("2026-11-21T12:00:00Z"));
    await expect(refused).rejects.toThrow("it still held by game day day-1, which is gone");
    expect(await leases().read("expired")).toMatchObject({ holder: "day-1" });
  });
});

describe("giving back", () => {
  test("what is somebody else's by now is left theirs", async () => {
    await leases().acquire("taken-over", game("day-2"), TEN);
    await leases().release("taken-over", "day-1");
    expect(await leases().read("taken-over")).toMatchObject({ holder: "day-2" });
  });

  test("twice is once", async () => {
    await leases().acquire("twice", game("day-1"), TEN);
    await leases().release("twice", "day-1");
    await leases().release("twice", "day-1");
    expect(await leases().read("twice")).toBeUndefined();
  });
});

describe("a target in quarantine", () => {
  test("is nobody's, not even after the lease is over, and whoever asks is told why and what to do", async () => {
    await leases().acquire("broken", game("day-1"), TEN);
    await leases().quarantine("broken", "day-1", "not restored: SLOW_MS of checkout");
    const years = leasesAt(new Date("2030-01-01T00:00:00Z"));
    for (const holder of ["day-1", "day-2"]) {
      await expect(years.acquire("broken", game(holder), new Date("2030-01-02T00:00:00Z"))).rejects.toThrow(
        "it in quarantine since game day day-1: not restored: SLOW_MS of checkout. Put it back by hand",
      );
    }
  });

  test("does not come free by being given back", async () => {
    await leases().acquire("kept", game("day-1"), TEN);
    await leases().quarantine("kept", "day-1", "not restored");
    await leases().release("kept", "day-1");
    expect(await leases().read("kept")).toMatchObject({ holder: "day-1", quarantine: "not restored" });
  });
});

describe("whoever changes something", () => {
  test("has to hold the target, in time, and not be cleaned up after", async () => {
    await leases().acquire("fenced", game("day-1"), TEN);
    await leases().mayChange("fenced", "day-1");
    await expect(leases().mayChange("fenced", "day-2")).rejects.toThrow("day-1 holds it");
    await expect(leasesAt(TEN).mayChange("fenced", "day-1")).rejects.toThrow("its lease has ended");
    await leases().takeOver((await leases().read("fenced"))!, "net-1");
    await expect(leases().mayChange("fenced", "day-1")).rejects.toThrow("the safety net cleans up after it");
    await leases().mayUndo("fenced", "day-1");
    await leases().release("fenced", "day-1");
    await expect(leases().mayUndo("fenced", "day-1")).rejects.toThrow("nobody holds it");
  });
});

describe("a lease whose game day is gone", () => {
  test("is cleaned up by one safety net, however many come", async () => {
    await leases().acquire("lost", game("day-1"), TEN);
    const lease = (await leases().read("lost"))!;
    const taken = await Promise.all(["net-1", "net-2", "net-3"].map((net) => leases().takeOver(lease, net)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    const { cleaner } = (await leases().read("lost"))!;
    expect(await leases().takeOver(lease, cleaner!)).toBe(true);
    expect(await leases().all()).toContainEqual(expect.objectContaining({ target: "lost", cleaner }));
  });
});

describe("a person's release", () => {
  test("frees a quarantined target and stays on record", async () => {
    await leases().acquire("mended", game("day-1"), TEN);
    await expect(leases().free("mended", { by: "ops", reason: "put back" })).rejects.toThrow(NotReady);
    await leases().quarantine("mended", "day-1", "not restored: X");
    const release = { by: "ops", reason: "put back by hand" };
    expect(await leases().free("mended", release)).toMatchObject({
      ...release,
      holder: "day-1",
      quarantine: "not restored: X",
    });
    expect(await leases().read("mended")).toBeUndefined();
    await leases().acquire("mended", game("day-2"), TEN);
    await leases().quarantine("mended", "day-2", "again");
    await leases().free("mended", release);
    const { Item } = await tables.documents.send(new GetCommand({ TableName: "leases", Key: { target: "mended" } }));
    expect(Item?.releases).toHaveLength(2);
  });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createLeases } from "../../../functions/lease/lease.ts";
import { TargetNotFree } from "../../../functions/runtime/errors.ts";
import { startTables } from "../tables.ts";

let tables: Awaited<ReturnType<typeof startTables>>;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.stop());

const NINE = new Date("2026-11-21T09:00:00Z");
const TEN = new Date("2026-11-21T10:00:00Z");
const leasesAt = (now: Date) => createLeases(tables.documents, "leases", { now: () => now });
const leases = () => leasesAt(NINE);

describe("a target", () => {
  test("is one game day's at a time; the other one is told whose, and until when", async () => {
    await leases().acquire("busy", "day-1", TEN);
    const refused = leases().acquire("busy", "day-2", TEN);
    await expect(refused).rejects.toThrow(TargetNotFree);
    await expect(refused).rejects.toThrow("a game day that holds it: day-1. Its lease ends 2026-11-21T10:00:00.000Z.");
  });

  test("of two that come at the same time, one has it", async () => {
    const both = await Promise.allSettled(["day-1", "day-2"].map((day) => leases().acquire("race", day, TEN)));
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const winner = both[0]!.status === "fulfilled" ? "day-1" : "day-2";
    expect(await leases().read("race")).toMatchObject({ holder: winner });
  });

  test("stays its holder's when that asks again, as a repeated step does", async () => {
    await leases().acquire("again", "day-1", TEN);
    await leases().acquire("again", "day-1", new Date("2026-11-21T11:00:00Z"));
    expect(await leases().read("again")).toEqual({
      target: "again",
      holder: "day-1",
      expiresAt: Date.parse("2026-11-21T11:00:00Z") / 1000,
    });
  });

  test("is free once it was given back", async () => {
    await leases().acquire("returned", "day-1", TEN);
    await leases().release("returned", "day-1");
    expect(await leases().read("returned")).toBeUndefined();
    await leases().acquire("returned", "day-2", TEN);
  });

  test("is free once its lease is over, and only then", async () => {
    await leases().acquire("expired", "day-1", TEN);
    await expect(leasesAt(TEN).acquire("expired", "day-2", TEN)).rejects.toThrow(TargetNotFree);
    const later = new Date(TEN.getTime() + 1000);
    await leasesAt(later).acquire("expired", "day-2", new Date("2026-11-21T12:00:00Z"));
    expect(await leases().read("expired")).toMatchObject({ holder: "day-2" });
  });
});

describe("giving back", () => {
  test("what is somebody else's by now is left theirs", async () => {
    await leases().acquire("taken-over", "day-2", TEN);
    await leases().release("taken-over", "day-1");
    expect(await leases().read("taken-over")).toMatchObject({ holder: "day-2" });
  });

  test("twice is once", async () => {
    await leases().acquire("twice", "day-1", TEN);
    await leases().release("twice", "day-1");
    await leases().release("twice", "day-1");
    expect(await leases().read("twice")).toBeUndefined();
  });
});

describe("a target in quarantine", () => {
  test("is nobody's, not even after the lease is over, and whoever asks is told why and what to do", async () => {
    await leases().acquire("broken", "day-1", TEN);
    await leases().quarantine("broken", "day-1", "not restored: SLOW_MS of checkout");
    const years = leasesAt(new Date("2030-01-01T00:00:00Z"));
    for (const holder of ["day-1", "day-2"]) {
      await expect(years.acquire("broken", holder, new Date("2030-01-02T00:00:00Z"))).rejects.toThrow(
        "it in quarantine since game day day-1: not restored: SLOW_MS of checkout. Put it back by hand",
      );
    }
  });

  test("does not come free by being given back", async () => {
    await leases().quarantine("kept", "day-1", "not restored");
    await leases().release("kept", "day-1");
    expect(await leases().read("kept")).toMatchObject({ holder: "day-1", quarantine: "not restored" });
  });
});

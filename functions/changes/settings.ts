import * as z from "zod";
import type { Conflict } from "../../workflows/state.ts";
import { ChangedMeanwhile, NotReady, Transient } from "../runtime/errors.ts";
import type { FaultKind, Scene } from "./kind.ts";

type Values<Value> = Readonly<Record<string, Value>>;
/** Whose a setting is by now: put back or never changed, the fault's, or somebody else's. */
type Whose = "as before" | "ours" | "theirs";

/** What stands there right now. */
export interface Reading<Value> {
  /** By name; undefined while AWS does not say. */
  readonly values: Readonly<Record<string, Value | undefined>>;
  /** In effect, with no change under way: AWS refuses a second one meanwhile. */
  readonly settled: boolean;
  /** In AWS's own words. */
  readonly state: string;
  /** Why it cannot be changed at all, where it cannot. */
  readonly unfit?: string;
  /** What AWS compares with when it is written, where it does. */
  readonly revision?: string;
}

/** Settings of one resource, most of them changed by AWS without any revision to compare with. */
export interface Settings<Spec, Value> {
  readonly value: z.ZodType<Value>;
  /** The resource, for people: `queue orders`. */
  of(spec: Spec): string;
  /** What the fault makes of them: these settings and no other. */
  intended(spec: Spec): Values<Value>;
  read(spec: Spec, scene: Scene): Promise<Reading<Value>>;
  /** Sets those that are given and leaves the others. `revision` is that of the reading. */
  write(spec: Spec, values: Values<Value>, scene: Scene, revision: string | undefined): Promise<void>;
  text(value: Value): string;
  /** Whether they can only be put back all at once: then, whoever has changed one of them has taken over all. */
  together?(before: Values<Value>): boolean;
  byHand(spec: Spec, before: Values<Value>, scene: Scene): string[];
}

/**
 * A kind of fault that changes settings. Without a revision, what somebody else changes in the moment between reading and
 * writing is overwritten unseen, so that moment is kept as short as it can be: nothing but the fence lies in it.
 */
export function settingsFault<Spec, Value>(settings: Settings<Spec, Value>): FaultKind<Spec, Values<Value>> {
  const { of, intended, read, write, text } = settings;
  const shown = (value: Value | undefined) => (value === undefined ? "not said" : text(value));
  const listed = (values: Reading<Value>["values"]) =>
    Object.entries(values)
      .map(([name, value]) => `${name} ${shown(value)}`)
      .join(", ");
  const ofOurs = ({ values }: Reading<Value>, spec: Spec) =>
    Object.fromEntries(Object.keys(intended(spec)).map((name) => [name, values[name]]));
  const isIntended = (now: Reading<Value>, spec: Spec) =>
    Object.entries(intended(spec)).every(([name, value]) => now.values[name] === value);

  /** Whose each setting is by now. */
  function standing(spec: Spec, before: Values<Value>, { values }: Reading<Value>) {
    const each = Object.entries(intended(spec)).map(([name, ours]) => {
      const whose: Whose = values[name] === before[name] ? "as before" : values[name] === ours ? "ours" : "theirs";
      return { name, ours, whose, found: shown(values[name]) };
    });
    const takenOver = settings.together?.(before) && each.some(({ whose }) => whose === "theirs");
    return each.map((one) => (takenOver && one.whose === "ours" ? { ...one, whose: "theirs" as Whose } : one));
  }

  return {
    before: z.record(z.string(), settings.value),

    async snapshot(spec, scene) {
      const now = await read(spec, scene);
      const ours = ofOurs(now, spec);
      if (now.unfit) throw new NotReady(`${of(spec)} as the fault needs it`, now.unfit, "Nothing was touched.");
      refuseUnsettled(of(spec), now);
      if (isIntended(now, spec)) {
        throw new NotReady(
          `${of(spec)} without the fault`,
          `it already as the fault would make it (${listed(ours)})`,
          "Put it back to normal first: a fault that changes nothing proves nothing.",
        );
      }
      return ours as Values<Value>;
    },

    async apply(spec, before, scene) {
      const now = await read(spec, scene);
      if (isIntended(now, spec)) return;
      refuseUnsettled(of(spec), now);
      if (now.unfit || standing(spec, before, now).some(({ whose }) => whose === "theirs")) {
        throw new ChangedMeanwhile(
          `${of(spec)} as in the snapshot (${listed(before)})`,
          now.unfit ?? listed(ofOurs(now, spec)),
          "Somebody else changed it since; nothing was changed.",
        );
      }
      await scene.fence();
      await write(spec, intended(spec), scene, now.revision);
    },

    async prove(spec, _before, scene) {
      const now = await read(spec, scene);
      return {
        acting: now.settled && isIntended(now, spec),
        evidence: [`${of(spec)} read back with ${listed(ofOurs(now, spec))}; it is ${now.state}`],
      };
    },

    async undo(spec, before, scene) {
      const now = await read(spec, scene);
      const all = standing(spec, before, now);
      // What is on its way back already needs no second call.
      if (all.every(({ whose }) => whose === "as before")) return [];
      refuseUnsettled(of(spec), now);
      const back = all.filter(({ whose }) => whose === "ours").map(({ name }) => [name, before[name]!] as const);
      if (back.length > 0) {
        await scene.fence();
        await write(spec, Object.fromEntries(back), scene, now.revision);
      }
      return all.flatMap(({ name, ours, whose, found }): Conflict[] =>
        whose === "theirs" ? [{ what: `${name} of ${of(spec)}`, ours: text(ours), found }] : [],
      );
    },

    async check(spec, before, scene) {
      const now = await read(spec, scene);
      const details = (found: string): Record<Whose, string> => ({
        "as before": "read back equal to the snapshot",
        ours: "still the fault's value",
        theirs: `changed to ${found} by somebody else since; left as it is`,
      });
      return {
        settled: now.settled,
        checks: standing(spec, before, now).map(({ name, whose, found }) => ({
          what: `${name} of ${of(spec)} is as before (${text(before[name]!)})`,
          ok: whose !== "ours" && now.settled,
          detail: now.settled ? details(found)[whose] : `not in effect yet: it is ${now.state}`,
        })),
      };
    },

    byHand: settings.byHand,
  };
}

/** A change that is under way ends by itself, and what comes of it is not known before. */
function refuseUnsettled(what: string, { settled, state }: Reading<unknown>): void {
  if (!settled) throw new Transient(`${what} without a change under way`, state, "It is read again.");
}

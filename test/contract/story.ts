import type { FaultKind, Scene } from "../../functions/changes/kind.ts";
import type { Clients } from "../../functions/runtime/clients.ts";
import type { Target } from "../../workflows/state.ts";
import { placeOfFault } from "../functions/changes/place.ts";
import { until } from "./contract.ts";

/** Every verb of a fault, one after another, with what stands there in between. */
export async function storyOf<Spec, Before>(
  kind: FaultKind<Spec, Before>,
  spec: Spec,
  { clients, target }: { clients: Clients; target: Target },
  look: () => Promise<unknown>,
) {
  const scene: Scene = { clients, target, place: placeOfFault(), fence: async () => {} };
  const before = await kind.snapshot(spec, scene);
  await kind.apply(spec, before, scene);
  const proof = await until(
    () => kind.prove(spec, before, scene),
    ({ acting }) => acting,
  );
  const during = await look();
  const conflicts = await kind.undo(spec, before, scene);
  const restoration = await until(
    () => kind.check(spec, before, scene),
    ({ settled }) => settled,
  );
  return { before, proof, during, conflicts, restoration, after: await look() };
}

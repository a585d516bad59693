import type { PlannedFault } from "../../workflows/state.ts";
import { NotReady } from "../runtime/errors.ts";
import type { Place, Scene } from "./kind.ts";

export function placeOf({ place }: Scene): Place {
  if (place) return place;
  throw new NotReady("a change of a game day", "none", "What it makes is found again by its game day.");
}

export type FaultPlace = Place & { readonly fault: PlannedFault };

export function faultPlaceOf(scene: Scene): FaultPlace {
  const place = placeOf(scene);
  if (place.fault) return { ...place, fault: place.fault };
  throw new NotReady("a fault of a game day", "another change", "It is found again by its fault.");
}

/**
 * Evidence as it grows: an e-value after all that has been added so far, so that one may look as often as one likes
 * (Ramdas and others, "Game-theoretic statistics and safe anytime-valid inference", 2023). Adding gives the next one and
 * leaves this one as it is.
 */
export interface EProcess<Observation> {
  readonly value: number;
  add(observation: Observation): EProcess<Observation>;
}

/** The evidence after each of the observations. */
export function evidenceAfterEach<Observation>(
  start: EProcess<Observation>,
  observations: readonly Observation[],
): number[] {
  let process = start;
  return observations.map((observation) => {
    process = process.add(observation);
    return process.value;
  });
}

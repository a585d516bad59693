import type { FunctionRecord } from "../stand-in/aws/lambda/operations.ts";
import { type Operations, operation } from "../stand-in/aws/operation.ts";
import type { Scenario } from "./scenario.ts";

interface Options {
  readonly scenario: Scenario;
  /** Something that can leave something behind happens now. */
  hit(name: string): void;
  onChange(): void;
}

/** Functions without code: what is in effect, and updates of game days that go wrong. */
export class SimulatedUpdates {
  /** Function → the variables that serve right now. */
  readonly inEffect = new Map<string, Readonly<Record<string, string>>>();
  readonly #options: Options;
  readonly #updatedByHand = new Set<string>();
  #updates = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  /** They serve as they are deployed. */
  begin(functions: Iterable<FunctionRecord>): void {
    for (const { name, variables } of functions) this.inEffect.set(name, { ...variables });
  }

  async takeEffect({ name, variables }: FunctionRecord): Promise<void> {
    const { scenario, hit, onChange } = this.#options;
    const failure = this.#updatedByHand.delete(name) ? undefined : scenario.updates.get(this.#updates++);
    if (failure) hit(`update-${failure.kind}`);
    if (failure?.kind === "slow") await new Promise((done) => setTimeout(done, failure.seconds * 1000));
    if (failure?.kind === "fails") throw new Error("the update came to nothing");
    this.inEffect.set(name, { ...variables });
    setTimeout(onChange, 1);
  }

  /** Lambda's operations as people call them: what goes wrong with an update of theirs is theirs. */
  byHand(lambda: Operations): Operations {
    const { UpdateFunctionConfiguration } = lambda;
    return {
      ...lambda,
      UpdateFunctionConfiguration: operation<{ FunctionName: string }, unknown>({
        needs: () => [],
        run: async (input) => {
          this.#updatedByHand.add(input.FunctionName);
          return UpdateFunctionConfiguration!.run(input as never) as Promise<object>;
        },
      }),
    };
  }
}

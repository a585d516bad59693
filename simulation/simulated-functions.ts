import { createLambda, type FunctionRecord } from "../stand-in/aws/lambda/operations.ts";
import { createReleases, type Releases } from "../stand-in/aws/lambda/versions.ts";
import { operation, type Service } from "../stand-in/aws/operation.ts";
import type { Graph, IsThere } from "../stand-in/templates/cfn/graph.ts";
import type { Scenario } from "./scenario.ts";

interface Options {
  readonly graph: Graph;
  readonly scenario: Scenario;
  readonly updateMs: number;
  readonly isThere: IsThere;
  /** Something that can leave something behind happens now. */
  hit(name: string): void;
  onChange(): void;
}

/** Functions without code: what is configured, what is in effect, and updates of game days that go wrong. */
export class SimulatedFunctions {
  readonly service: Service;
  /** The same for people: what goes wrong with an update of theirs is theirs. */
  readonly byHand: Service;
  readonly records: ReadonlyMap<string, FunctionRecord>;
  readonly releases: Releases;
  /** Function → the variables that serve right now. */
  readonly inEffect: Map<string, Readonly<Record<string, string>>>;
  readonly #updatedByHand = new Set<string>();

  constructor({ graph, scenario, updateMs, isThere, hit, onChange }: Options) {
    let updates = 0;
    const lambda = createLambda({
      resources: graph.ofType("AWS::Lambda::Function"),
      updateMs,
      isThere,
      takeEffect: async ({ name, variables }) => {
        const mishap = this.#updatedByHand.delete(name) ? undefined : scenario.updates.get(updates++);
        if (mishap) hit(`update-${mishap.kind}`);
        if (mishap?.kind === "slow") await new Promise((done) => setTimeout(done, mishap.seconds * 1000));
        if (mishap?.kind === "fails") throw new Error("the update came to nothing");
        this.inEffect.set(name, { ...variables });
        setTimeout(onChange, 1);
      },
    });
    const { service, functions } = lambda;
    const { UpdateFunctionConfiguration } = service;
    this.releases = createReleases(graph, lambda);
    this.service = { ...service, ...this.releases.service };
    this.records = functions;
    this.inEffect = new Map([...functions].map(([name, { variables }]) => [name, { ...variables }]));
    this.byHand = {
      ...this.releases.service,
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

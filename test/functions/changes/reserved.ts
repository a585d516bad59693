import type { Clients } from "../../../functions/runtime/clients.ts";
import { createLambda, type FunctionRecord } from "../../../stand-in/aws/lambda/operations.ts";
import { graphOf } from "../../stand-in/templates.ts";
import { target } from "../../workflows/sample.ts";
import { type Fate, Lost } from "./fake-lambda.ts";

/** The stand-in's Lambda with one function of the sample target, and others who set its concurrency meanwhile. */
export class Reserved {
  readonly #record: FunctionRecord;
  /** The calls that came through, and the fences before them, in order. */
  readonly calls: string[] = [];
  /** Is asked before each call what becomes of it; what others do meanwhile is done here too. */
  fate: (operation: string) => Fate = () => "answered";
  /** Throws when the target is not the game day's any more. */
  mayWrite: () => void = () => {};
  readonly client: Clients["lambda"];

  constructor(reserved: number | null) {
    const graph = graphOf({
      Checkout: {
        Type: "AWS::Lambda::Function",
        Properties: { FunctionName: target.functions.checkout, Role: "arn:role" },
      },
    });
    const { operations: service, functions } = createLambda({
      resources: graph.ofType("AWS::Lambda::Function"),
      takeEffect: async () => {},
      updateMs: 0,
    });
    this.#record = [...functions.values()][0]!;
    this.set(reserved);
    this.client = {
      send: async (command: { input: never }) => {
        const operation = command.constructor.name.replace(/Command$/, "");
        const fate = this.fate(operation);
        if (fate === "lost") throw new Lost("the request got lost");
        this.calls.push(operation.replace("FunctionConcurrency", ""));
        const output = await service[operation]!.run(command.input);
        if (fate === "answer lost") throw new Lost("the answer got lost");
        return output;
      },
    } as unknown as Clients["lambda"];
  }

  get now(): number | null {
    return this.#record.reservedConcurrency ?? null;
  }

  /** Somebody else sets it, or takes it away. */
  set(reserved: number | null): void {
    if (reserved === null) delete this.#record.reservedConcurrency;
    else this.#record.reservedConcurrency = reserved;
  }

  scene() {
    const fence = async () => {
      this.mayWrite();
      this.calls.push("fence");
    };
    return { clients: { lambda: this.client } as never, target, fence };
  }
}

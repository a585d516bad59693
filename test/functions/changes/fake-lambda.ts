import { GetFunctionConfigurationCommand, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import type { Clients } from "../../../functions/runtime/clients.ts";

type Variables = Record<string, string>;

/** What becomes of one call: it may get lost on its way there, or its answer on the way back. */
export type Fate = "answered" | "lost" | "answer lost";

export class Lost extends Error {
  override readonly name = "TimeoutError";
}

/** One function's configuration with its revisions, as Lambda keeps it, and others who edit it meanwhile. */
export class FakeLambda {
  variables: Variables;
  updateStatus: "Successful" | "InProgress" | "Failed" = "Successful";
  /** What the client was asked to write, in order. */
  readonly written: Variables[] = [];
  /** Is asked before each call what becomes of it; what others do meanwhile is done here too. */
  fate: () => Fate = () => "answered";
  #revision = 1;

  constructor(variables: Variables) {
    this.variables = { ...variables };
  }

  /** Somebody else sets variables, or deletes those that are null. */
  edit(changes: Record<string, string | null>): void {
    for (const [key, value] of Object.entries(changes)) {
      if (value === null) delete this.variables[key];
      else this.variables[key] = value;
    }
    this.#revision++;
  }

  readonly client = {
    send: async (command: unknown) => {
      const fate = this.fate();
      if (fate === "lost") throw new Lost("the request got lost");
      const output = this.#answer(command);
      if (fate === "answer lost") throw new Lost("the answer got lost");
      return output;
    },
  } as Clients["lambda"];

  #answer(command: unknown) {
    if (command instanceof UpdateFunctionConfigurationCommand) {
      const { RevisionId, Environment } = command.input;
      if (RevisionId !== String(this.#revision)) {
        throw Object.assign(new Error("the revision is another one"), { name: "PreconditionFailedException" });
      }
      this.variables = { ...Environment?.Variables };
      this.written.push({ ...this.variables });
      this.#revision++;
    } else if (!(command instanceof GetFunctionConfigurationCommand)) {
      throw new Error(`not played: ${(command as object).constructor.name}`);
    }
    return {
      Environment: { Variables: { ...this.variables } },
      RevisionId: String(this.#revision),
      LastUpdateStatus: this.updateStatus,
    };
  }
}

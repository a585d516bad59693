import type { FunctionRecord } from "../services/lambda.ts";
import type { Service } from "../services/operation.ts";
import type { Edit } from "./scenario.ts";

/**
 * Somebody who changes variables of the function by hand, reading and writing in one go and trying again while an update
 * is under way. What the function's environment has to be in the end is what it was, with these edits in it.
 */
export class Person {
  /** Edits that have not been made yet. */
  busy = 0;
  readonly expected: Record<string, string>;
  readonly #record: FunctionRecord;
  readonly #service: Service;

  constructor(record: FunctionRecord, service: Service) {
    this.#record = record;
    this.#service = service;
    this.expected = { ...record.variables };
  }

  edit({ atSeconds, key, value }: Edit, onEdit: () => void): void {
    this.busy++;
    const attempt = async () => {
      if (this.#record.lastUpdateStatus === "InProgress") {
        setTimeout(attempt, 1000);
        return;
      }
      const variables = { ...this.#record.variables };
      for (const environment of [variables, this.expected]) {
        if (value === undefined) delete environment[key];
        else environment[key] = value;
      }
      this.busy--;
      onEdit();
      const input = { FunctionName: this.#record.name, Environment: { Variables: variables } };
      await this.#service.UpdateFunctionConfiguration!.run(input as never);
    };
    setTimeout(attempt, atSeconds * 1000);
  }
}

import { type Interference, ServiceError } from "../stand-in/aws/operation.ts";
import { UserError } from "./exit-codes.ts";

const FORM = /^([A-Z]\w+)(?:@([A-Z]\w*(?:,[A-Z]\w*)*))?=(\d+|always)$/;

/**
 * `OPERATION[@STEP,…]=COUNT|always`: that many calls of the operation by these steps fail with a 500, as AWS's own do at
 * times. `UpdateFunctionConfiguration@UndoFault=1` makes the first undo fail.
 */
export function interferenceOf(texts: readonly string[]): Interference {
  const rules = texts.map((text) => {
    const [, operation, steps, count] = FORM.exec(text) ?? [];
    if (!operation) {
      throw new UserError(
        `Expected --fail as OPERATION[@STEP,STEP]=COUNT or =always, such as UpdateFunctionConfiguration@UndoFault=1; found "${text}".`,
      );
    }
    return { operation, steps: steps?.split(","), left: count === "always" ? Number.POSITIVE_INFINITY : Number(count) };
  });
  return async ({ invocation, operation }, make) => {
    const rule = rules.find(
      (candidate) =>
        candidate.left > 0 && candidate.operation === operation && (candidate.steps?.includes(invocation.step) ?? true),
    );
    if (!rule) return make();
    rule.left--;
    throw new ServiceError("ServiceException", `${operation} was made to fail (--fail)`, 500);
  };
}

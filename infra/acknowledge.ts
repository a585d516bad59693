import { Validations } from "aws-cdk-lib";
import type { IConstruct } from "constructs";

/** Lets one finding of cdk-nag stand on one construct, with the reason. `finding` is the full id that cdk-nag prints. */
export function acknowledge(construct: IConstruct, finding: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: finding, reason });
}

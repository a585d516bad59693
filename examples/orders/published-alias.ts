import { Alias, type Function as Code, type IAlias, type IVersion } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";

/**
 * An alias of the version that a deployment publishes: of code and configuration as they are in the template. CDK's classes are
 * not written for `exactOptionalPropertyTypes`, so that they count as their own interfaces only when told to.
 */
export const publishedAlias = (scope: Construct, id: string, aliasName: string, { currentVersion }: Code): IAlias =>
  new Alias(scope, id, { aliasName, version: currentVersion as IVersion }) as IAlias;

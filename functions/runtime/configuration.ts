import * as z from "zod";
import { Misconfigured } from "./errors.ts";

/** What the game-day stack tells its functions (`infra/game-day-stack.ts` sets every one of these variables). */
const Variables = z.object({
  JOURNAL_TABLE: z.string().min(1),
  LEASE_TABLE: z.string().min(1),
  RESULTS_BUCKET: z.string().min(1),
  CLUSTER_ARN: z.string().min(1),
  TASK_DEFINITION_ARN: z.string().min(1),
  LOAD_CONTAINER: z.string().min(1),
  SUBNET_IDS: z.string().min(1),
  SECURITY_GROUP_ID: z.string().min(1),
  TOPIC_ARN: z.string().min(1),
  EXPERIMENT_ROLE_ARN: z.string().min(1),
  EXPERIMENT_LOCATION: z.string().min(1),
});

export interface Configuration {
  readonly journalTable: string;
  readonly leaseTable: string;
  readonly resultsBucket: string;
  readonly clusterArn: string;
  readonly taskDefinitionArn: string;
  readonly loadContainer: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  readonly topicArn: string;
  /** The role that FIS takes on for an experiment. */
  readonly experimentRoleArn: string;
  /** Where FIS tells its extension in a function of an experiment: the ARN of a prefix in a bucket. */
  readonly experimentLocation: string;
}

/** Reads the configuration from an environment. Throws {@link Misconfigured} with every variable that is missing. */
export function readConfiguration(environment: Readonly<Record<string, string | undefined>>): Configuration {
  const parsed = Variables.safeParse(environment);
  if (!parsed.success) {
    const missing = [...new Set(parsed.error.issues.map((issue) => issue.path.join(".")))];
    throw new Misconfigured(
      `the environment ${missing.length > 1 ? "variables" : "variable"} ${missing.join(", ")}`,
      "none",
      "They are set for every step in infra/game-day-stack.ts.",
    );
  }
  const variables = parsed.data;
  return {
    journalTable: variables.JOURNAL_TABLE,
    leaseTable: variables.LEASE_TABLE,
    resultsBucket: variables.RESULTS_BUCKET,
    clusterArn: variables.CLUSTER_ARN,
    taskDefinitionArn: variables.TASK_DEFINITION_ARN,
    loadContainer: variables.LOAD_CONTAINER,
    subnetIds: variables.SUBNET_IDS.split(","),
    securityGroupId: variables.SECURITY_GROUP_ID,
    topicArn: variables.TOPIC_ARN,
    experimentRoleArn: variables.EXPERIMENT_ROLE_ARN,
    experimentLocation: variables.EXPERIMENT_LOCATION,
  };
}

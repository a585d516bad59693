import { expect, test } from "vitest";
import { readConfiguration } from "../../../functions/runtime/configuration.ts";
import { Misconfigured } from "../../../functions/runtime/errors.ts";

const variables = {
  JOURNAL_TABLE: "journal",
  LEASE_TABLE: "leases",
  RESULTS_BUCKET: "results",
  CLUSTER_ARN: "arn:cluster",
  TASK_DEFINITION_ARN: "arn:task",
  LOAD_CONTAINER: "k6",
  SUBNET_IDS: "subnet-1,subnet-2",
  SECURITY_GROUP_ID: "sg-1",
  TOPIC_ARN: "arn:topic",
  EXPERIMENT_ROLE_ARN: "arn:role",
  EXPERIMENT_LOCATION: "arn:location/",
};

test("reads what the stack tells, and nothing else", () => {
  expect(readConfiguration({ ...variables, PATH: "/bin" })).toEqual({
    journalTable: "journal",
    leaseTable: "leases",
    resultsBucket: "results",
    clusterArn: "arn:cluster",
    taskDefinitionArn: "arn:task",
    loadContainer: "k6",
    subnetIds: ["subnet-1", "subnet-2"],
    securityGroupId: "sg-1",
    topicArn: "arn:topic",
    experimentRoleArn: "arn:role",
    experimentLocation: "arn:location/",
  });
});

test.each(Object.keys(variables))("without %s it says that, and where it is set", (name) => {
  const read = () => readConfiguration({ ...variables, [name]: undefined });
  expect(read).toThrow(Misconfigured);
  expect(read).toThrow(`Expected the environment variable ${name}; found none.`);
  expect(read).toThrow("infra/game-day-stack.ts");
});

test("names all that are missing at once; an empty one is missing too", () => {
  expect(() => readConfiguration({ ...variables, JOURNAL_TABLE: undefined, TOPIC_ARN: "" })).toThrow(
    "the environment variables JOURNAL_TABLE, TOPIC_ARN",
  );
});

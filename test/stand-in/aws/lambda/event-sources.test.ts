import { describe, expect, test } from "vitest";
import type { Template } from "../../../../stand-in/templates/cfn/assembly.ts";
import { resources } from "../../delivering.ts";
import { servicesOf } from "../../services-of.ts";
import { graphOf } from "../../templates.ts";

describe("an event source mapping that Lambda would refuse is refused", () => {
  test.each<[string, RegExp, (resources: Template["Resources"]) => void]>([
    [
      "for a message that is hidden for less time than the function may take",
      /visibility timeout: 10 seconds is less than function timeout: 20 seconds/,
      ({ Queue }) => Object.assign(Queue!, { Properties: { VisibilityTimeout: 10 } }),
    ],
    [
      "for a role that may not read the queue",
      /Test\/Mapping: the function's role does not have permissions to call sqs:ReceiveMessage/,
      ({ Role }) => Object.assign(Role!, { Properties: {} }),
    ],
    [
      "for a source that is not played",
      /sources of its kind \(arn:aws:kinesis/,
      ({ Mapping }) => Object.assign(Mapping!.Properties!, { EventSourceArn: "arn:aws:kinesis:x" }),
    ],
    [
      "for a filter, which is not played",
      /filters and batching windows are not played/,
      ({ Mapping }) => Object.assign(Mapping!.Properties!, { FilterCriteria: {} }),
    ],
  ])("%s", (_why, message, change) => {
    const changed = resources();
    change(changed);
    expect(() => servicesOf(graphOf(changed))).toThrow(message);
  });
});

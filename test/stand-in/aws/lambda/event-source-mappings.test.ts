import { beforeEach, describe, expect, test, vi } from "vitest";
import {
  createEventSources,
  type EventSourceRecord,
  readEventSource,
} from "../../../../stand-in/aws/lambda/event-source-mappings.ts";
import { graphOf } from "../../templates.ts";

const FUNCTION = "arn:aws:lambda:rehearsal-1:000000000000:function:deliver";
const graph = graphOf({
  Queue: { Type: "AWS::SQS::Queue" },
  Mapping: {
    Type: "AWS::Lambda::EventSourceMapping",
    Properties: {
      FunctionName: "deliver",
      EventSourceArn: { "Fn::GetAtt": ["Queue", "Arn"] },
      BatchSize: 1,
      ScalingConfig: { MaximumConcurrency: 10 },
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      Tags: [{ Key: "gameday:target", Value: "notifications" }],
    },
  },
});
const [resource] = graph.ofType("AWS::Lambda::EventSourceMapping");

let mapping: EventSourceRecord;
let service: ReturnType<typeof createEventSources>;
beforeEach(() => {
  vi.useFakeTimers();
  mapping = readEventSource(resource!, FUNCTION);
  service = createEventSources(new Map([[mapping.uuid, mapping]]), 1000);
  return () => vi.useRealTimers();
});
const call = (operation: string, input: object) => service.operations[operation]!.run(input as never);
const update = (change: object) => call("UpdateEventSourceMapping", { UUID: mapping.uuid, ...change });
const get = () => call("GetEventSourceMapping", { UUID: mapping.uuid });

describe("an event source mapping", () => {
  test("has a UUID and is found by its function or its queue", async () => {
    expect(mapping.uuid).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const found = {
      EventSourceMappings: [expect.objectContaining({ UUID: mapping.uuid, State: "Enabled", BatchSize: 1 })],
    };
    expect(await call("ListEventSourceMappings", { FunctionName: "deliver" })).toEqual(found);
    expect(await call("ListEventSourceMappings", { EventSourceArn: mapping.queueArn })).toEqual(found);
    expect(await call("ListEventSourceMappings", { FunctionName: "notify" })).toEqual({ EventSourceMappings: [] });
  });

  test("that is switched off takes a moment for it, goes on meanwhile and takes no other change", async () => {
    expect(await update({ Enabled: false })).toMatchObject({ State: "Disabling" });
    expect(mapping.settings.enabled).toBe(true);
    await expect(update({ Enabled: true })).rejects.toMatchObject({ name: "ResourceInUseException" });
    await vi.advanceTimersByTimeAsync(1000);
    expect(await get()).toMatchObject({ State: "Disabled" });
    expect(await update({ Enabled: true })).toMatchObject({ State: "Enabling" });
    await vi.advanceTimersByTimeAsync(1000);
    expect(await get()).toMatchObject({ State: "Enabled", BatchSize: 1, ScalingConfig: { MaximumConcurrency: 10 } });
  });

  test("takes other settings, and loses its limit by an empty one", async () => {
    expect(await update({ BatchSize: 5, ScalingConfig: { MaximumConcurrency: 2 } })).toMatchObject({
      State: "Updating",
    });
    await vi.advanceTimersByTimeAsync(1000);
    expect(mapping.settings).toEqual({ enabled: true, batchSize: 5, maximumConcurrency: 2 });
    await update({ ScalingConfig: {} });
    await vi.advanceTimersByTimeAsync(1000);
    expect(mapping.settings).toEqual({ enabled: true, batchSize: 5 });
  });

  test("needs permission on itself, with its tags", () => {
    expect(service.operations.UpdateEventSourceMapping!.needs({ UUID: mapping.uuid } as never)).toEqual([
      {
        action: "lambda:UpdateEventSourceMapping",
        resource: mapping.arn,
        context: { "aws:ResourceTag/gameday:target": "notifications", "lambda:FunctionArn": FUNCTION },
      },
    ]);
  });

  test("that is not there is an error", async () => {
    await expect(call("GetEventSourceMapping", { UUID: "none" })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });
});

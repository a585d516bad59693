import type { ListTagsCommandInput, ListTagsCommandOutput } from "@aws-sdk/client-lambda";
import { type Operations, operation, ServiceError } from "../operation.ts";
import { tagContext } from "../resource-tags.ts";
import type { Service } from "../service.ts";
import type { EventSourceRecord } from "./event-source-mappings.ts";
import type { LambdaPlane } from "./operations.ts";
import type { Versioning } from "./versions.ts";

interface Planes {
  readonly functions: LambdaPlane;
  readonly versioning: Versioning;
  readonly mappings: Service;
  /** By UUID. */
  readonly eventSources: ReadonlyMap<string, EventSourceRecord>;
  /** Begins to read queues, and returns what ends it. */
  poll(): () => void;
}

/** Lambda as a whole: functions, their versions and aliases, and what reads queues for them. */
export function createLambdaService({ functions, versioning, mappings, eventSources, poll }: Planes): Service {
  let endPolling = () => {};
  return {
    http: { endpoint: "LAMBDA" },
    parts: [functions, mappings, versioning].flatMap(({ parts = [] }) => parts),
    open() {
      endPolling = poll();
    },
    stop: () => endPolling(),
    operations: {
      ...functions.operations,
      ...mappings.operations,
      ...versioning.operations,
      ...tagOperations(functions.functions, eventSources),
    },
  };
}

interface Tagged {
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** What Lambda says of the tags of functions and of event source mappings. */
export function tagOperations(
  functions: ReadonlyMap<string, Tagged>,
  mappings: ReadonlyMap<string, Tagged>,
): Operations {
  const find = (arn: string | undefined): Tagged => {
    for (const one of [...functions.values(), ...mappings.values()]) if (one.arn === arn) return one;
    throw new ServiceError("ResourceNotFoundException", `The resource you requested does not exist: ${arn}`, 404);
  };
  return {
    ListTags: operation<ListTagsCommandInput, ListTagsCommandOutput>({
      needs: ({ Resource }) => {
        const { arn, tags } = find(Resource);
        return [{ action: "lambda:ListTags", resource: arn, context: tagContext(tags) }];
      },
      run: async ({ Resource }) => ({ Tags: { ...find(Resource).tags } }),
    }),
  };
}

import * as z from "zod";
import { parseJson } from "../../../workflows/json.ts";
import type { Dimensions } from "./metrics.ts";

/** One value that a function has written in its log for CloudWatch. */
export interface EmbeddedMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Dimensions;
  readonly value: number;
}

const Directive = z.object({
  Namespace: z.string(),
  Dimensions: z.array(z.array(z.string())),
  Metrics: z.array(z.object({ Name: z.string() })),
});
const Embedded = z.looseObject({ _aws: z.looseObject({ CloudWatchMetrics: z.array(Directive) }) });
const Values = z.union([z.number().transform((one) => [one]), z.array(z.number())]);

/**
 * The metrics in one line of a log (CloudWatch user guide, "Specification: Embedded metric format"); none in a line that is
 * not of that format. What does not fit in it is left out, as CloudWatch leaves it out without a word.
 */
export function embeddedMetrics(line: string): EmbeddedMetric[] {
  if (!line.includes('"_aws"')) return [];
  const parsed = Embedded.safeParse(parseJson(line));
  if (!parsed.success) return [];
  const root: Record<string, unknown> = parsed.data;
  return parsed.data._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((keys) =>
      Metrics.flatMap(({ Name }) => {
        const dimensions = Object.fromEntries(keys.map((key) => [key, String(root[key])]));
        const values = Values.safeParse(root[Name]).data ?? [];
        return values.map((value) => ({ namespace: Namespace, name: Name, dimensions, value }));
      }),
    ),
  );
}

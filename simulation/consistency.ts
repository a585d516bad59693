import type { Interference } from "../stand-in/aws/operation.ts";

/**
 * Lambda, FIS and ECS answer from what they knew a moment ago: for so many seconds after a change, a read may not show it
 * (Amazon ECS API reference, "eventual consistency"; Lambda and FIS promise nothing about it).
 */
export function withLag(interfere: Interference, lagSeconds: number): Interference {
  if (lagSeconds === 0) return interfere;
  const changed = new Map<string, { at: number; before: unknown }>();
  const born = new Map<string, number>();
  const known = new Map<string, unknown>();
  const recent = (at: number) => Date.now() - at < lagSeconds * 1000;
  return (call, make) =>
    interfere(call, async () => {
      const { FunctionName: name = "" } = call.input as { FunctionName?: string };
      const output = (await make()) as object;
      switch (call.operation) {
        case "UpdateFunctionConfiguration":
          changed.set(name, { at: Date.now(), before: known.get(name) });
          return output;
        case "GetFunctionConfiguration": {
          const change = changed.get(name);
          if (change?.before && recent(change.at)) return change.before;
          known.set(name, output);
          return output;
        }
        case "CreateExperimentTemplate":
        case "StartExperiment": {
          const { experimentTemplate, experiment } = output as Record<string, { id: string }>;
          const id = (experimentTemplate ?? experiment)!.id;
          if (!born.has(id)) born.set(id, Date.now());
          return output;
        }
        case "ListExperiments":
        case "ListExperimentTemplates":
          return Object.fromEntries(
            Object.entries(output).map(([key, value]) => [
              key,
              Array.isArray(value) ? value.filter(({ id }: { id: string }) => !recent(born.get(id) ?? 0)) : value,
            ]),
          );
        case "RunTask":
          for (const { taskArn } of (output as { tasks: { taskArn: string }[] }).tasks) born.set(taskArn, Date.now());
          return output;
        case "ListTasks": {
          const { taskArns } = output as { taskArns: string[] };
          return { ...output, taskArns: taskArns.filter((arn) => !recent(born.get(arn) ?? 0)) };
        }
        default:
          return output;
      }
    });
}

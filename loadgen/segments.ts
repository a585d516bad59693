/**
 * How N shards share one load: k6's execution segments. Every shard is told the whole sequence, so that together they
 * follow the schedule of one process (k6 manual, "Execution segments").
 */
export function segmentsOf(shards: number): { segments: string[]; sequence: string } {
  const edges = Array.from({ length: shards + 1 }, (_, index) => edge(index, shards));
  return {
    segments: edges.slice(0, -1).map((from, index) => `${from}:${edges[index + 1]}`),
    sequence: edges.join(","),
  };
}

const edge = (index: number, shards: number) => (index === 0 ? "0" : index === shards ? "1" : `${index}/${shards}`);

export type Dimensions = Readonly<Record<string, string>>;

interface Point {
  readonly at: number;
  readonly value: number;
}

/** Every value of every metric with its time: what CloudWatch's statistics are made of. */
export class Metrics {
  readonly #series = new Map<string, Point[]>();
  readonly #known = new Map<string, { namespace: string; name: string; dimensions: Dimensions }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  add(namespace: string, name: string, dimensions: Dimensions, value: number): void {
    const key = keyOf(namespace, name, dimensions);
    const series = this.#series.get(key);
    if (series) series.push({ at: this.#now(), value });
    else {
      this.#series.set(key, [{ at: this.#now(), value }]);
      this.#known.set(key, { namespace, name, dimensions });
    }
  }

  /** Every metric of a namespace that has had a point. */
  list(namespace: string): { name: string; dimensions: Dimensions }[] {
    return [...this.#known.values()].filter((known) => known.namespace === namespace);
  }

  /** The statistic over [from, to) in Unix milliseconds; undefined when there is no data. A metric is its exact dimensions. */
  statistic(
    namespace: string,
    name: string,
    dimensions: Dimensions,
    stat: string,
    from: number,
    to: number,
  ): number | undefined {
    const series = this.#series.get(keyOf(namespace, name, dimensions)) ?? [];
    const values = series.filter((point) => point.at >= from && point.at < to).map((point) => point.value);
    return values.length === 0 ? undefined : aggregate(values, stat);
  }
}

const keyOf = (namespace: string, name: string, dimensions: Dimensions) =>
  `${namespace}/${name}/${Object.entries(dimensions)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(",")}`;

function aggregate(values: number[], stat: string): number {
  const sum = () => values.reduce((total, value) => total + value, 0);
  const percentile = /^p(\d+(?:\.\d+)?)$/.exec(stat)?.[1];
  if (percentile !== undefined) {
    const sorted = [...values].sort((a, b) => a - b);
    const rank = Math.ceil((Number(percentile) / 100) * sorted.length);
    return sorted[Math.min(sorted.length, Math.max(1, rank)) - 1]!;
  }
  switch (stat) {
    case "Sum":
      return sum();
    case "Average":
      return sum() / values.length;
    case "SampleCount":
      return values.length;
    case "Minimum":
      return Math.min(...values);
    case "Maximum":
      return Math.max(...values);
    default:
      throw new Error(`The statistic ${stat} is not played.`);
  }
}

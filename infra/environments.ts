/** What differs between the places in which the example systems stand. */
export interface Environment {
  readonly name: string;
  /** Who is mailed when an alarm goes off. Default: nobody; whoever wants to know subscribes to the topic. */
  readonly alarmEmail?: string;
  /** Whether functions have the extension by which FIS injects faults. */
  readonly fisExtension: boolean;
  /** Whether DevOps Guru analyses the stacks, which is billed by the hour. */
  readonly devOpsGuru: boolean;
  /** Where runbooks are read: a folder or an address, without a slash at its end. Every alarm links to its page, `orders/runbook.md`. */
  readonly runbooks: string;
}

const COMMON = { fisExtension: true, devOpsGuru: false, runbooks: "examples" };

/** The environments by name. To add one: a line here, then `npx cdk deploy -c environment=NAME Orders-NAME`. */
const ENVIRONMENTS: Readonly<Record<string, Omit<Environment, "name">>> = {
  dev: COMMON,
  prod: { ...COMMON, fisExtension: false },
  // What game days bring up by themselves and take down again: examples/ephemeral-targets.ts.
  ephemeral: COMMON,
};

/** Stacks and targets of this one have no suffix: the shipped drills are for it. */
const DEFAULT = "dev";

/** Throws for a name that is not in the table. */
export function environmentNamed(name: string = DEFAULT): Environment {
  const settings = ENVIRONMENTS[name];
  if (settings) return { name, ...settings };
  throw new Error(
    `Expected an environment of infra/environments.ts (${Object.keys(ENVIRONMENTS).join(", ")}), found "${name}".`,
  );
}

/** A name that is an environment's own: `orders` in dev, `orders-prod` in prod. */
export const nameIn = ({ name }: Environment, base: string): string => (name === DEFAULT ? base : `${base}-${name}`);

export type Variables = Readonly<Record<string, string | undefined>>;

/** A variable that has to be there. */
export function variable(variables: Variables, name: string): string {
  const value = variables[name];
  if (!value) {
    throw new Error(`Expected the environment variable ${name}; examples/notifications/stack.ts sets it.`);
  }
  return value;
}

/** A number of the environment within its limits. A typo that was taken for a default would spoil a drill unseen. */
export function numberIn(
  variables: Variables,
  name: string,
  { byDefault, least = 0, most }: { byDefault: number; least?: number; most: number },
): number {
  const text = variables[name]?.trim() || String(byDefault);
  const value = Number(text);
  if (value >= least && value <= most) return value;
  throw new RangeError(`Expected ${name} to be a number from ${least} to ${most}; found "${text}".`);
}

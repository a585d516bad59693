interface FunctionName {
  readonly name: string;
  /** The version or alias that is meant; absent when the function is named as it is. */
  readonly qualifier?: string;
}

/** What Lambda takes for a function: its name or its ARN, either with a version or an alias behind it. */
export function readFunctionName(nameOrArn: string): FunctionName {
  const [name = "", qualifier] = nameOrArn.split(":function:").at(-1)!.split(":");
  return { name, ...(qualifier === undefined ? {} : { qualifier }) };
}

/** A function's own ARN, from that of a version or an alias as well. */
export const unqualified = (functionArn: string): string => functionArn.replace(/(:function:[^:]+):.*$/, "$1");

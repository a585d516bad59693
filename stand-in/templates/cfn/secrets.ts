import { createHash } from "node:crypto";
import type { Resource } from "./graph.ts";
import { TemplateError } from "./intrinsics.ts";

interface RawSecret {
  readonly SecretString?: string;
  readonly GenerateSecretString?: {
    readonly PasswordLength?: number;
    readonly SecretStringTemplate?: string;
    readonly GenerateStringKey?: string;
  };
}

/** The templates' secrets by ARN. What Secrets Manager would generate is made of the region's salt: the same until it ends. */
export function secretValues(resources: readonly Resource[], salt: string): ReadonlyMap<string, string> {
  return new Map(
    resources
      .filter(({ type }) => type === "AWS::SecretsManager::Secret")
      .map((secret) => [secret.ref, secretOf(secret, salt)]),
  );
}

function secretOf({ ref, properties }: Resource, salt: string): string {
  const { SecretString, GenerateSecretString = {} } = properties as RawSecret;
  if (SecretString !== undefined) return SecretString;
  const { PasswordLength = 32, SecretStringTemplate, GenerateStringKey } = GenerateSecretString;
  const password = passwordOf(`${salt}/${ref}`, PasswordLength);
  if (SecretStringTemplate === undefined || GenerateStringKey === undefined) return password;
  return JSON.stringify({ ...(JSON.parse(SecretStringTemplate) as object), [GenerateStringKey]: password });
}

/** Letters and digits alone, whatever the template would allow beside them. */
function passwordOf(seed: string, length: number): string {
  let password = "";
  for (let part = 0; password.length < length; part++) {
    password += createHash("sha256").update(`${seed}/${part}`).digest("base64").replace(/\W/g, "");
  }
  return password.slice(0, length);
}

const REFERENCE = /\{\{resolve:([^}]*)\}\}/g;

/**
 * A text with the secrets in place of its dynamic references (CloudFormation user guide, "Dynamic references"):
 * `{{resolve:secretsmanager:ARN:SecretString:KEY::}}`, with the whole secret when there is no key.
 */
export const dereferenced = (text: string, secrets: ReadonlyMap<string, string>): string =>
  text.replace(REFERENCE, (reference, inner: string) => {
    const [, secretArn = "", key] = /^secretsmanager:(arn:.*):SecretString:([^:]*)::$/.exec(inner) ?? [];
    const value = secrets.get(secretArn);
    if (value === undefined)
      throw new TemplateError(`The dynamic reference ${reference} is not played, or names no secret.`);
    return key ? String((JSON.parse(value) as Record<string, unknown>)[key]) : value;
  });

/** The same value with every text in it changed. */
export function mapTexts<T>(value: T, change: (text: string) => string): T;
export function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapTexts(inner, change)]));
}

import { UserError } from "../exit-codes.ts";

interface AwsError extends Error {
  $metadata?: object;
  code?: string;
}

const EXPIRED = /Expired|session associated with this profile|TokenRefreshRequired/i;
const UNKNOWN = /^(UnrecognizedClient|InvalidClientTokenId|InvalidSignature|IncompleteSignature|SignatureDoesNotMatch)/;
const FORBIDDEN = /^AccessDenied|^UnauthorizedOperation|^NotAuthorized/;
const UNREACHABLE =
  /^(TimeoutError|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|NetworkingError)$/;

/** What is wrong when a call of AWS fails for a reason outside of gameday, as one sentence; undefined for anything else. */
export function sentenceOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { name, message, code = "", $metadata } = error as AwsError;
  if (/^Region is missing/.test(message)) {
    return "Expected an AWS region; found none: set AWS_REGION, or a region in your AWS profile.";
  }
  if (EXPIRED.test(name) || (name === "CredentialsProviderError" && EXPIRED.test(message))) {
    return "Expected valid AWS credentials; found expired ones: log in again (such as aws sso login) and repeat this.";
  }
  if (name === "CredentialsProviderError") {
    return `Expected AWS credentials; found none (${oneLine(message)}): log in, or set AWS_PROFILE.`;
  }
  if (UNKNOWN.test(name)) return `Expected valid AWS credentials; found ones that AWS refuses (${oneLine(message)}).`;
  if (FORBIDDEN.test(name)) return `Expected the permission for this; found none: ${oneLine(message)}`;
  if (UNREACHABLE.test(name) || UNREACHABLE.test(code)) {
    return `Expected an answer of AWS; found none (${oneLine(message || code)}).`;
  }
  return $metadata === undefined ? undefined : `AWS refused it: ${name}: ${oneLine(message)}`;
}

const oneLine = (text: string) => text.replace(/\s+/g, " ").replace(/\.$/, "");

/** Calls AWS. What goes wrong there on the way to the first change is a sentence, and nothing was touched. */
export async function beforeAnyChange<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const sentence = sentenceOf(error);
    if (sentence === undefined) throw error;
    throw new UserError(`${sentence}\nNothing was touched.`);
  }
}

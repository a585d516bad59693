declare module "asl-validator" {
  /** Whether a definition keeps to the Amazon States Language. `errorsText` is one line for each thing that does not. */
  export default function validate(
    definition: object,
    options?: { checkPaths?: boolean; checkArn?: boolean },
  ): { isValid: boolean; errorsText(separator?: string): string };
}

import * as z from "zod";

/** The short forms of SAM, as far as they say what is hosted (SAM developer guide, "AWS SAM resources and properties"). */

const Text = z.union([z.string(), z.record(z.string(), z.unknown())]);
const Properties = z.record(z.string(), z.unknown());

/** What happens that a function is called for. */
export const SamEvent = z.object({ Type: z.string(), Properties: Properties.default({}) });
export type SamEvent = z.infer<typeof SamEvent>;

export const SamFunction = z.looseObject({
  /** A folder beside the template; a text or an object of S3 is not on this machine. */
  CodeUri: z.unknown(),
  InlineCode: z.string().optional(),
  Role: Text.optional(),
  Policies: z.union([z.array(z.unknown()), z.string(), Properties]).optional(),
  Events: z.record(z.string(), SamEvent).default({}),
  Tags: z.record(z.string(), z.unknown()).default({}),
});
export type SamFunction = z.infer<typeof SamFunction>;

export const SamTable = z.looseObject({
  TableName: Text.optional(),
  PrimaryKey: z.object({ Name: z.string(), Type: z.string() }).default({ Name: "id", Type: "String" }),
});
export type SamTable = z.infer<typeof SamTable>;

export const SamRestApi = z.looseObject({ StageName: Text, Name: Text.optional() });

/** Sections of `Globals` are named after the types without their prefix. */
export const SERVERLESS = "AWS::Serverless::";

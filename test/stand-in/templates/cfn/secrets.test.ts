import { describe, expect, test } from "vitest";
import { TemplateError } from "../../../../stand-in/templates/cfn/intrinsics.ts";
import { secretValues } from "../../../../stand-in/templates/cfn/secrets.ts";
import { graphOf } from "../../templates.ts";

const secret = (Properties: Record<string, unknown>) => ({ Type: "AWS::SecretsManager::Secret", Properties });
const key = (reference: object | string) => ({ Type: "AWS::ApiGateway::ApiKey", Properties: { Value: reference } });
const referenceTo = (secretId: string, rest = ":SecretString:::") => ({
  "Fn::Join": ["", ["{{resolve:secretsmanager:", { Ref: secretId }, `${rest}}}`]],
});

describe("a secret that Secrets Manager generates", () => {
  const resources = graphOf({ Secret: secret({ GenerateSecretString: { PasswordLength: 40 } }) }).resources;
  const [value] = secretValues(resources, "salt").values();

  test("has the length that is asked for, in letters and digits", () => {
    expect(value).toMatch(/^[A-Za-z0-9]{40}$/);
  });

  test("is the same as long as the region is, and another one in another region", () => {
    expect([...secretValues(resources, "salt").values()]).toEqual([value]);
    expect([...secretValues(resources, "pepper").values()]).not.toEqual([value]);
  });
});

describe("a dynamic reference", () => {
  const keyOf = (reference: object | string) => {
    const graph = graphOf({
      Secret: secret({ SecretString: '{"user":"anna","word":"sesame"}' }),
      Key: key(reference),
    });
    return graph.ofType("AWS::ApiGateway::ApiKey")[0]!.properties.Value;
  };

  test("is the whole secret, or what is under a key in it", () => {
    expect(keyOf(referenceTo("Secret"))).toBe('{"user":"anna","word":"sesame"}');
    expect(keyOf(referenceTo("Secret", ":SecretString:word::"))).toBe("sesame");
  });

  test("to nothing in the templates is refused", () => {
    expect(() => keyOf("{{resolve:ssm:/some/parameter}}")).toThrow(TemplateError);
    expect(() => keyOf("{{resolve:secretsmanager:arn:aws:x:SecretString:::}}")).toThrow(/names no secret/);
  });
});

import { type CollectionTag, isMap, isSeq, type ScalarTag, type Tags } from "yaml";

/** The short forms of CloudFormation's intrinsic functions in YAML (its user guide, "Intrinsic function reference"). */
const FUNCTIONS = [
  ...["And", "Base64", "Cidr", "Equals", "FindInMap", "GetAtt", "GetAZs", "If", "ImportValue", "Join", "Not", "Or"],
  ...["Select", "Split", "Sub", "Transform"],
];

const longName = (short: string) => (short === "Ref" || short === "Condition" ? short : `Fn::${short}`);

/** `!Sub text` → `{ "Fn::Sub": "text" }`, for texts, lists and maps alike. */
function tagsOf(short: string): (ScalarTag | CollectionTag)[] {
  const key = longName(short);
  const tag = `!${short}`;
  return [
    { tag, resolve: (text) => ({ [key]: text }) },
    { tag, collection: "seq", resolve: (list) => (isSeq(list) ? { [key]: list.toJSON() } : list) },
    { tag, collection: "map", resolve: (map) => (isMap(map) ? { [key]: map.toJSON() } : map) },
  ];
}

export const cloudFormationTags: Tags = [...FUNCTIONS, "Ref", "Condition"].flatMap(tagsOf);

import { Fn, Stack, Tags } from "aws-cdk-lib";
import type { IUsagePlan } from "aws-cdk-lib/aws-apigateway";
import type { AlarmBase, Metric } from "aws-cdk-lib/aws-cloudwatch";
import { CfnResourceCollection } from "aws-cdk-lib/aws-devopsguru";
import type { EventBus, IRule } from "aws-cdk-lib/aws-events";
import type { IAlias, IEventSourceMapping, IFunction } from "aws-cdk-lib/aws-lambda";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { ParameterTier, StringParameter } from "aws-cdk-lib/aws-ssm";
import { Construct, type IConstruct } from "constructs";
import { PARAMETERS, TAGS } from "../../workflows/names.ts";
import type { RequestUsage } from "../../workflows/request-usage.ts";
import { type KnownBy, RESOURCES, type ResourceField } from "../../workflows/resources.ts";

/** A rule's own name does not find it on a bus of one's own. */
export interface TargetRule {
  readonly rule: IRule;
  readonly bus: Pick<EventBus, "eventBusName">;
}

/** One metric, or one by another: a share or an average. `Sum` adds up, `Maximum` and percentiles are the worst minute's. */
export interface TargetMeasure {
  readonly title: string;
  readonly unit: "share" | "count" | "milliseconds";
  readonly of: Metric;
  readonly per?: Metric;
}

type Named<T> = Readonly<Record<string, T>>;

export interface GameDayTargetProps {
  /** The name that drills give as `target`: lower case, digits and `-`. */
  readonly name: string;
  /** Base URL of the front door, without a trailing slash. */
  readonly url: string;
  /** The functions that game days may change, by the names that drills use. */
  readonly functions: Named<IFunction>;
  /** The queues that game days may change. Default: none. */
  readonly queues?: Named<IQueue>;
  /** The event source mappings that game days may switch off. Default: none. */
  readonly eventSources?: Named<IEventSourceMapping>;
  /** The rules of EventBridge that game days may switch off. Default: none. */
  readonly rules?: Named<TargetRule>;
  /** The usage plans whose rates game days may change. Default: none. */
  readonly usagePlans?: Named<IUsagePlan>;
  /** The on-demand tables whose maximum game days may change. Default: none. */
  readonly tables?: Named<IConstruct & { readonly tableName: string }>;
  /** The aliases of functions that game days may move. Their functions get the tag: an alias has none. Default: none. */
  readonly aliases?: Named<IAlias>;
  /** The alarms that should notice. */
  readonly alarms: readonly AlarmBase[];
  /** The queue that gets what people would be told. Default: none, so that nobody can say who would have been woken. */
  readonly inbox?: IQueue;
  /** Numbers of the system that drills can ask for. Default: none beside those of the load. */
  readonly measures?: Named<TargetMeasure>;
  /**
   * What a request uses up, with all that it sets off, for the estimate of what a game day costs. Default: one function of
   * 256 MB behind an HTTP API takes 50 ms to write one item.
   */
  readonly perRequest?: RequestUsage;
  /**
   * Has DevOps Guru analyse the stack, which is billed by the hour and resource; for the detector `devops-guru`. AWS ends its
   * support on 30 September 2027. Default false.
   */
  readonly devOpsGuru?: boolean;
}

type Given<Field extends ResourceField> = NonNullable<GameDayTargetProps[(typeof RESOURCES)[Field]["among"]]>[string];

/** Of each resource what AWS knows it by, and what bears the tag that allows game days. */
const DESCRIBED: {
  readonly [Field in ResourceField]: {
    knownBy(given: Given<Field>): KnownBy<Field>;
    tagged(given: Given<Field>): IConstruct;
  };
} = {
  function: { knownBy: ({ functionName }) => functionName, tagged: (fn) => fn },
  queue: { knownBy: ({ queueUrl }) => queueUrl, tagged: (queue) => queue },
  eventSource: { knownBy: ({ eventSourceMappingId }) => eventSourceMappingId, tagged: (mapping) => mapping },
  rule: {
    knownBy: ({ rule, bus }) => ({ name: nameOf(rule), eventBusName: bus.eventBusName }),
    tagged: ({ rule }) => rule,
  },
  usagePlan: { knownBy: ({ usagePlanId }) => usagePlanId, tagged: (plan) => plan },
  table: { knownBy: ({ tableName }) => tableName, tagged: (table) => table },
  alias: {
    knownBy: ({ version, aliasName }) => ({ functionName: version.lambda.functionName, alias: aliasName }),
    tagged: ({ version }) => version.lambda,
  },
};
const FIELDS = Object.keys(DESCRIBED) as ResourceField[];

const given = <Field extends ResourceField>(field: Field, props: GameDayTargetProps) =>
  props[RESOURCES[field].among] as Named<Given<Field>> | undefined;
const knownBy = <Field extends ResourceField>(field: Field, props: GameDayTargetProps) =>
  each(given(field, props), (one) => DESCRIBED[field].knownBy(one));
const taggedOf = <Field extends ResourceField>(field: Field, props: GameDayTargetProps) =>
  Object.values(given(field, props) ?? {}).map((one) => DESCRIBED[field].tagged(one));

/**
 * Allows game days on a system: tags what may be changed and describes the system in the SSM parameter
 * `/gameday/targets/NAME`, where the first step of the workflow looks it up.
 */
export class GameDayTarget extends Construct {
  constructor(scope: Construct, id: string, props: GameDayTargetProps) {
    super(scope, id);
    for (const construct of FIELDS.flatMap((field) => taggedOf(field, props))) {
      // The resource alone: without its default child, Tags.of(fn) would tag the function's role and log group too.
      Tags.of(construct.node.defaultChild ?? construct).add(TAGS.target, props.name);
    }
    if (props.devOpsGuru) {
      new CfnResourceCollection(this, "Analysed", {
        resourceCollectionFilter: { cloudFormation: { stackNames: [Stack.of(this).stackName] } },
      });
    }
    new StringParameter(this, "Description", {
      parameterName: PARAMETERS.targets.of(props.name),
      description: `What game days may know and touch of ${props.name}`,
      // A standard parameter takes 4 KB, which a system with a few measures and long names is above.
      tier: ParameterTier.INTELLIGENT_TIERING,
      stringValue: JSON.stringify({
        name: props.name,
        url: props.url,
        ...Object.fromEntries(FIELDS.map((field) => [RESOURCES[field].among, knownBy(field, props)])),
        alarms: props.alarms.map((alarm) => alarm.alarmName),
        inbox: props.inbox?.queueUrl,
        measures: each(props.measures, ({ title, unit, of, per }) => ({
          title,
          unit,
          of: metricRef(of),
          ...(per ? { per: metricRef(per) } : {}),
        })),
        perRequest: props.perRequest,
        stack: Stack.of(this).stackName,
      }),
    });
  }
}

/** Undefined leaves the key out of the description. */
const each = <T, R>(named: Named<T> | undefined, describe: (value: T) => R): Record<string, R> | undefined =>
  named && Object.fromEntries(Object.entries(named).map(([name, value]) => [name, describe(value)]));

/** `Ref` of a rule on a bus of one's own is `BUS|RULE`, so that the name is taken from the ARN: `…:rule/BUS/RULE`. */
const nameOf = (rule: IRule): string => Fn.select(2, Fn.split("/", rule.ruleArn));

const metricRef = ({ namespace, metricName, dimensions = {}, statistic }: Metric) => ({
  namespace,
  name: metricName,
  dimensions,
  stat: statistic,
});

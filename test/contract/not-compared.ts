/** An SDK call of `functions/`, or a part of one, that moto cannot judge. */
export interface NotCompared {
  readonly calls: readonly string[];
  /** The part that moto gets wrong, where the rest of the call is compared. */
  readonly but?: string;
  readonly because: string;
}

/** Tried with the version of moto in moto/requirements.in: look again when it changes. */
export const NOT_COMPARED: readonly NotCompared[] = [
  {
    calls: [
      "DescribeInsight",
      "GetResourceCollection",
      "ListAnomaliesForInsight",
      "ListRecommendations",
      "SearchInsights",
    ],
    because: "moto has no DevOps Guru",
  },
  {
    calls: ["GetSecretValue", "PutEvents"],
    because: "a target makes them, and the stand-in's side of them has no contract yet",
  },
  {
    calls: ["TestEventPattern"],
    because: "moto does not play it",
  },
  {
    calls: ["UpdateTable"],
    because: "moto knows no maximum of an on-demand table",
  },
  {
    calls: ["ListTasks"],
    but: "tasks that are to stop, where no status is asked for",
    because: "moto lists them; AWS's default is RUNNING (ECS API reference)",
  },
  {
    calls: ["SetQueueAttributes"],
    but: "the policy's text",
    because: "moto writes it anew from what it says",
  },
  {
    calls: ["UpdateUsagePlan"],
    but: "a rate with a fraction",
    because: "moto fails with an error of its own (500)",
  },
  {
    calls: ["UpdateEventSourceMapping"],
    but: "a mapping that is not there",
    because: "moto answers 404 without an error, which the SDK takes for success",
  },
  {
    calls: ["DescribeAlarmHistory"],
    because: "moto evaluates no alarms, so that nothing changes and there is no history",
  },
  {
    calls: ["UpdateFunctionConfiguration"],
    but: "RevisionId",
    because: "moto takes any RevisionId: nothing is a compare-and-set there",
  },
  {
    calls: ["UpdateAlias"],
    but: "RevisionId",
    because:
      "an alias keeps its first one in moto whatever becomes of it, and moto takes any: nothing is a compare-and-set",
  },
  {
    calls: ["RunTask"],
    but: "clientToken",
    because: "moto ignores it and starts a second task",
  },
  {
    calls: ["StopTask"],
    but: "a task that is not there",
    because: "moto fails with an error of its own (500)",
  },
  {
    calls: ["StopExperiment"],
    but: "an experiment that is over",
    because: "moto lets it be, and AWS's reference does not say whether it is an error: the product takes either",
  },
  {
    calls: ["CreateExperimentTemplate"],
    but: "the token of a template that is gone",
    because: "moto forgets it and makes a second template; AWS's reference does not say",
  },
  {
    calls: ["DescribeAlarms"],
    but: "states",
    because: "moto evaluates no alarms; a new one is OK there, not INSUFFICIENT_DATA",
  },
  {
    calls: ["StartExecution"],
    but: "names and inputs that are refused",
    because: "moto takes any name, and fails with an error of its own on an input that is not JSON",
  },
  {
    calls: ["CreateStack"],
    but: "ClientRequestToken",
    because: "moto writes it down and does not look at it: a name that is taken is an error, whoever asks again",
  },
  {
    calls: ["GetMetricData"],
    but: "percentiles",
    because: "moto knows the five plain statistics only",
  },
];

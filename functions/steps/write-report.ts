import * as z from "zod";
import { documentOf } from "../../report/document.ts";
import { report as htmlReport } from "../../report/html.ts";
import { junit } from "../../report/junit.ts";
import { summary } from "../../report/markdown.ts";
import { picture } from "../../report/picture.ts";
import { resultKey } from "../../workflows/names.ts";
import { Result, SeriesPoint } from "../../workflows/result.ts";
import { Plan } from "../../workflows/state.ts";
import { GameDayError } from "../runtime/errors.ts";
import { step } from "../runtime/step.ts";

/** Makes what people and pipelines read from `result.json`, and lays the journal beside it. */
export const writeReport = step("WriteReport", z.object({ plan: Plan }), async ({ plan }, { results, journal }) => {
  const result = await results.getJson(resultKey(plan.id, "result.json"), Result);
  if (!result) throw new GameDayError("a result.json to report", "none", "Judge must have failed: see its error.");
  const series = (await results.getJson(resultKey(plan.id, "series.json"), z.array(SeriesPoint))) ?? [];
  const report = resultKey(plan.id, "report.html");
  const document = documentOf(result);
  const svg = picture(result, series);
  await results.put(report, htmlReport(document, svg), "text/html; charset=utf-8");
  await results.put(resultKey(plan.id, "picture.svg"), svg, "image/svg+xml");
  await results.put(resultKey(plan.id, "summary.md"), summary(document), "text/markdown; charset=utf-8");
  await results.put(resultKey(plan.id, "junit.xml"), junit(document), "application/xml");
  await results.putJson(resultKey(plan.id, "journal.json"), await journal.read(plan.id));
  return { report };
});

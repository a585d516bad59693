import { measureText } from "../analysis/objectives.ts";
import { errorsText, msText } from "../analysis/wording.ts";
import type { Detection, MeasureResult } from "../workflows/result.ts";
import { instantText, numberText, OUTCOMES, secondsText, usdText } from "./wording.ts";

/** One value of a document and what it is. How it looks is the renderer's. */
export type Cell =
  | string
  | { readonly is: "strong"; readonly text: string }
  | { readonly is: "code"; readonly text: string }
  | { readonly is: "instant"; readonly at: string | undefined; readonly otherwise: string }
  | { readonly is: "seconds"; readonly seconds: number | undefined }
  | { readonly is: "milliseconds"; readonly ms: number | undefined }
  | { readonly is: "number"; readonly value: number }
  | { readonly is: "share"; readonly share: number }
  | { readonly is: "usd"; readonly usd: number }
  | { readonly is: "measure"; readonly value: number | undefined; readonly unit: MeasureResult["unit"] }
  | { readonly is: "outcome"; readonly outcome: Detection["outcome"] }
  | Mark
  /** What was asked for, and whether it came so. */
  | (Omit<Mark, "is"> & { readonly is: "judged"; readonly text: string })
  | { readonly is: "list"; readonly items: readonly string[] };

export interface Mark {
  readonly is: "mark";
  readonly ok: boolean;
  readonly yes: string;
  readonly no: string;
}

export const mark = (ok: boolean, yes: string, no: string): Mark => ({ is: "mark", ok, yes, no });
export const strong = (text: string): Cell => ({ is: "strong", text });
export const code = (text: string): Cell => ({ is: "code", text });

/** Nothing to show. */
const NONE = "–";

export const tick = ({ ok }: Pick<Mark, "ok">) => (ok ? "✓" : "✗");
export const markText = (cell: Omit<Mark, "is">) => `${tick(cell)} ${cell.ok ? cell.yes : cell.no}`;

/** A cell in words, without any looks. */
export function cellText(cell: Cell): string {
  if (typeof cell === "string") return cell;
  switch (cell.is) {
    case "strong":
    case "code":
      return cell.text;
    case "instant":
      return cell.at === undefined ? cell.otherwise : instantText(cell.at);
    case "seconds":
      return cell.seconds === undefined ? NONE : secondsText(cell.seconds);
    case "milliseconds":
      return cell.ms === undefined ? NONE : msText(cell.ms);
    case "number":
      return numberText(cell.value);
    case "share":
      return errorsText(cell.share);
    case "usd":
      return usdText(cell.usd);
    case "measure":
      return measureText(cell.value, cell.unit);
    case "outcome":
      return OUTCOMES[cell.outcome];
    case "mark":
      return markText(cell);
    case "judged":
      return `${cell.text} ${tick(cell)}`;
    case "list":
      return cell.items.join("; ");
  }
}

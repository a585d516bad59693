import { type Cell, cellText, code, type Mark, mark, markText } from "./cells.ts";
import type { Block, Pair, Table } from "./document.ts";
import { type Child, html, type Markup } from "./markup.ts";

/** The blocks of a document on a page. */
export function blockHtml(block: Block): Markup {
  switch (block.is) {
    case "table":
      return tableHtml(block);
    case "list":
      return listHtml(block.items);
    case "notes":
      return html`${block.notes.map((note) => html`<p>${note}</p>`)}`;
    case "paragraph":
      return html`<p>${block.cells.map(cellHtml)}</p>`;
    case "pairs":
      return pairsHtml(block.pairs);
    case "cards":
      return html`${block.cards.map(({ heading, kind, pairs }) => html`<article><h3>${heading} <small>${kind}</small></h3>${pairsHtml(pairs)}</article>`)}`;
    case "checks":
      return tableHtml({
        is: "table",
        columns: [{ head: "What" }, { head: "State" }, { head: "Detail" }],
        rows: block.checks.map(({ what, ok, detail }) => [what, mark(ok, "as before", "not as before"), detail]),
      });
    case "conflicts":
      return html`<p>Somebody else changed this meanwhile, so it was left alone:</p>${tableHtml({
        is: "table",
        columns: [{ head: "What" }, { head: "Ours" }, { head: "Found" }],
        rows: block.conflicts.map(({ what, ours, found }) => [what, code(ours), code(found)]),
      })}`;
    case "lists":
      return html`<div class="columns">${block.lists.map(({ heading, items, none }) => html`<div><h3>${heading}</h3>${items.length > 0 || none === "" ? listHtml(items) : html`<p>${none}</p>`}</div>`)}</div>`;
  }
}

export function tableHtml({ columns, rows, numbers }: Table): Markup {
  const cell = (one: Cell, index: number) =>
    html`<td data-head="${columns[index]!.label ?? columns[index]!.head}">${cellHtml(one)}</td>`;
  return html`<div class="scroll"><table class="${numbers ? "numbers" : ""}"><thead><tr>${columns.map(({ head }) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows.map((cells) => html`<tr>${cells.map(cell)}</tr>`)}</tbody></table></div>`;
}

const pairsHtml = (pairs: readonly Pair[]): Markup =>
  html`<dl class="pairs">${pairs.map(({ name, value }) => html`<dt>${name}</dt><dd>${spaced(value.map(cellHtml))}</dd>`)}</dl>`;

const spaced = (children: readonly Child[]): Child[] =>
  children.flatMap((child, index) => (index > 0 ? [" ", child] : [child]));

const listHtml = (items: readonly string[]): Markup => html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;

function cellHtml(cell: Cell): Child {
  if (typeof cell === "string") return cell;
  switch (cell.is) {
    case "strong":
      return html`<b>${cell.text}</b>`;
    case "code":
      return html`<code>${cell.text}</code>`;
    case "outcome":
      return html`<span class="outcome ${cell.outcome}">${cellText(cell)}</span>`;
    case "mark":
      return markHtml(cell);
    case "judged":
      return html`${cell.text} ${markHtml(cell)}`;
    case "list":
      return listHtml(cell.items);
    default:
      return cellText(cell);
  }
}

const markHtml = (cell: Omit<Mark, "is">): Markup =>
  html`<span class="mark ${cell.ok ? "yes" : "no"}">${markText(cell)}</span>`;

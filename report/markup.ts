/** Text that is markup already and must not be escaped again. Only {@link html} and {@link trusted} make it. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

export type Child = Markup | string | number | false | undefined | readonly Child[];

/**
 * HTML, SVG or XML: `` html`<td>${detail}</td>` ``. Whatever is put in is escaped, in text and in quoted attributes alike,
 * unless it was made by this function. Lists are joined; `undefined` and `false` give nothing.
 */
export function html(strings: TemplateStringsArray, ...children: readonly Child[]): Markup {
  return new Markup(strings.reduce((text, string, index) => text + render(children[index - 1]) + string));
}
export const xml = html;

/** Markup from elsewhere in this program. Never from a drill, a target or a detector. */
export const trusted = (text: string) => new Markup(text);

function render(child: Child): string {
  if (child === undefined || child === false) return "";
  if (child instanceof Markup) return child.text;
  if (Array.isArray(child)) return child.map(render).join("");
  return escaped(String(child));
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escaped(text: string): string {
  return legal(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** Characters that XML 1.0 has no way to write (section 2.2) become the replacement character. */
export function legal(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd");
}

/** Throws unless the text is one well-formed XML element (after an optional declaration), as far as tags and entities go. */
export function expectWellFormed(text: string): void {
  const open: string[] = [];
  const tag = /<(\/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/y;
  let roots = 0;
  let position = /^<\?xml [^>]*\?>\s*/.exec(text)?.[0].length ?? 0;
  while (position < text.length) {
    if (text[position] !== "<") {
      const end = text.indexOf("<", position);
      const words = text.slice(position, end < 0 ? undefined : end);
      if (open.length === 0 && words.trim() !== "") throw new Error(`text outside of the root: ${words.slice(0, 60)}`);
      checkText(words);
      position += words.length;
      continue;
    }
    tag.lastIndex = position;
    const match = tag.exec(text);
    if (!match) throw new Error(`not a tag: ${text.slice(position, position + 80)}`);
    const [whole, closing, name, attributes, empty] = match as unknown as [string, string, string, string, string];
    checkText(attributes);
    if (closing && open.pop() !== name) throw new Error(`unexpected </${name}>`);
    if (!closing && open.length === 0 && ++roots > 1) throw new Error(`a second root: ${name}`);
    if (!closing && !empty) open.push(name);
    position += whole.length;
  }
  if (open.length > 0) throw new Error(`not closed: ${open.join(" ")}`);
}

function checkText(text: string): void {
  const stray = /&(?!(?:amp|lt|gt|quot|#39);)/.exec(text);
  if (stray) throw new Error(`a stray ampersand: ${text.slice(stray.index, stray.index + 40)}`);
  if (text.includes("]]>")) throw new Error("]]> in text");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(text)) throw new Error("a control character");
}

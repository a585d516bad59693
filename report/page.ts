import { type Child, html, type Markup, trusted } from "./markup.ts";
import { PAGE_STYLE } from "./page-style.ts";

/** A whole page in one file that asks for nothing else, whatever is on it. */
export const page = (title: string, body: Child, footer: string): Markup => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${trusted(PAGE_STYLE)}</style>
</head>
<body>
<main>
${body}
</main>
<footer>${footer}</footer>
</body>
</html>
`;

/** What a form's sender is told above the form. */
export interface Notice {
  readonly sentence: string;
  readonly correlationId: string;
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);

/** The one page: a form, and what became of the last one that was sent. Works without scripts. */
export const page = (notice?: Notice): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Records</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:3rem auto;padding:0 1rem}
label{display:block;margin:1rem 0}input{display:block;width:100%;font:inherit;padding:.4rem}button{font:inherit}</style>
</head>
<body>
<h1>Records</h1>
${notice ? `<p role="status">${escaped(notice.sentence)} <small>(${escaped(notice.correlationId)})</small></p>` : ""}
<form method="post" action="/records">
<label>User <input name="user" required maxlength="100"></label>
<label>Note <input name="note" maxlength="1000"></label>
<button>Save</button>
</form>
</body>
</html>
`;

/** No script, no frame, nothing from elsewhere: what is shown came from people. */
export const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
};

/** The report's style: readable on a phone, in the dark and on paper; every text has a contrast of at least 4.5 to 1. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --paper: #ffffff; --page: #f4f5f7; --ink: #1f2430; --soft: #5b6472; --line: #dfe3e8; --code: #f0f2f5;
  --good: #0b6e54; --good-soft: #e1f4ee; --bad: #b3261e; --bad-soft: #fdeceb; --unsure: #8a5300; --unsure-soft: #fdf1dc; }
@media (prefers-color-scheme: dark) { :root { --paper: #161a21; --page: #0e1116; --ink: #e6e9ef; --soft: #a2acba; --line: #2b313c; --code: #222833;
  --good: #4cc9a4; --good-soft: #10302a; --bad: #ff8a80; --bad-soft: #3a1715; --unsure: #f2b457; --unsure-soft: #362708; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; overflow-wrap: break-word; }
main { max-width: 62rem; margin: 0 auto; padding: 2rem 1.25rem; display: grid; gap: 1.25rem; }
main > * { min-width: 0; margin: 0; }
section, figure, header { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: 1.25rem 1.5rem; }
figure { padding: .75rem; overflow-x: auto; } figure svg { display: block; min-width: 44rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .75rem; display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: center; }
h2 { font-size: 1.1rem; margin: 0 0 .75rem; } h3 { font-size: 1rem; margin: 0 0 .5rem; } h3 small { font-weight: 400; color: var(--soft); }
p { margin: 0 0 .75rem; } p:last-child, ul:last-child { margin-bottom: 0; } ul { margin: 0 0 .75rem; padding-left: 1.2rem; }
.overline { margin: 0 0 .25rem; color: var(--soft); font-size: .85rem; }
.badge { font-size: .8rem; font-weight: 700; text-transform: uppercase; letter-spacing: .06em; padding: .2rem .6rem; border-radius: 99px; color: var(--bad); background: var(--bad-soft); border: 1px solid currentColor; }
.badge.passed { color: var(--good); background: var(--good-soft); } .badge.invalid, .badge.aborted { color: var(--unsure); background: var(--unsure-soft); }
.answer { font-size: 1.2rem; line-height: 1.45; } .hypothesis { color: var(--soft); } .hypothesis b { color: var(--ink); }
.facts { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 1rem 0 0; padding-top: 1rem; border-top: 1px solid var(--line); }
dt { color: var(--soft); font-size: .85rem; } dd { margin: 0; }
.pairs { display: grid; grid-template-columns: minmax(6rem, auto) 1fr; gap: .35rem 1.25rem; margin: 0; } .pairs dt { padding-top: .1rem; }
article + article { margin-top: 1.25rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
.scroll { overflow-x: auto; margin-bottom: .75rem; } .scroll:last-child { margin-bottom: 0; }
table { border-collapse: collapse; width: 100%; font-size: .95rem; font-variant-numeric: tabular-nums; }
th { text-align: left; color: var(--soft); font-weight: 500; font-size: .85rem; } th, td { padding: .45rem 1rem .45rem 0; vertical-align: top; border-bottom: 1px solid var(--line); } tbody tr:last-child td { border-bottom: 0; }
.numbers th:not(:first-child), .numbers td:not(:first-child) { text-align: right; white-space: nowrap; } .numbers th:last-child, .numbers td:last-child { padding-right: 0; }
.mark { white-space: nowrap; font-weight: 600; } .mark.yes { color: var(--good); } .mark.no { color: var(--bad); }
td b { display: inline-block; min-width: 6.5rem; }
.outcome { white-space: nowrap; } .outcome.detected { font-weight: 600; } .outcome.could-not-tell { color: var(--unsure); }
.alarm { border: 2px solid var(--bad); background: var(--bad-soft); } .alarm h2 { color: var(--bad); }
code, pre { font: .9em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; } pre { background: var(--code); border: 1px solid var(--line); border-radius: 6px; padding: .75rem; margin: 0 0 .5rem; white-space: pre-wrap; overflow-wrap: anywhere; user-select: all; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: 1.25rem; }
footer { text-align: center; color: var(--soft); font-size: .85rem; padding: 0 1.25rem 2rem; }
@media (max-width: 40rem) { main { padding: .75rem; } section, header { padding: 1rem; } .answer { font-size: 1.1rem; } .pairs { grid-template-columns: 1fr; gap: 0; } .pairs dd { margin-bottom: .5rem; }
  table:not(.numbers) thead { display: none; } table:not(.numbers) tr { display: block; padding: .5rem 0; border-bottom: 1px solid var(--line); } table:not(.numbers) tbody tr:last-child { border-bottom: 0; }
  .numbers th, .numbers td { padding-right: .75rem; }
  table:not(.numbers) td { display: block; position: relative; border: 0; padding: .1rem 0 .1rem 6.5rem; } table:not(.numbers) td::before { content: attr(data-head); position: absolute; left: 0; color: var(--soft); font-size: .85rem; } }
@media print { :root { color-scheme: light; --paper: #ffffff; --page: #ffffff; --ink: #1f2430; --soft: #5b6472; --line: #dfe3e8; --code: #f0f2f5; --good: #0b6e54; --good-soft: #ffffff; --bad: #b3261e; --bad-soft: #ffffff; --unsure: #8a5300; --unsure-soft: #ffffff; }
  body { font-size: 11pt; } main { padding: 0; gap: .75rem; max-width: none; } section, figure, header { border: 0; padding: .5rem 0; break-inside: avoid; } figure svg { min-width: 0; } pre { white-space: pre-wrap; } }
`;

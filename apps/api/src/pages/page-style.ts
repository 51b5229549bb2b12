/** Style of all pages. Paper and spruce, as in the frame; one column of small labels, one of text. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#f6f5f0, #0f1614);
  --surface: light-dark(#fffefb, #17201d);
  --ink: light-dark(#16231e, #e9efeb);
  --soft: light-dark(#4c5a54, #b2bfb8);
  --faint: light-dark(#66736d, #94a29b);
  --line: light-dark(#dcdbd0, #2a3631);
  --brand: light-dark(#0d5c48, #6fd3b2);
  --on-brand: light-dark(#ffffff, #06241b);
  --warn: light-dark(#8a4b00, #f3bf6b);
  --serif: "Iowan Old Style", "Charter", "Bitstream Charter", "Source Serif 4", "Noto Serif", Cambria, Georgia, serif;
  --sans: ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
* { box-sizing: border-box; }
html { background: var(--paper); color: var(--ink); font: 17px/1.6 var(--sans); -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 68rem; padding: 0 clamp(1.25rem, 5vw, 4rem); overflow-wrap: break-word; }
a { color: var(--brand); text-underline-offset: .2em; text-decoration-thickness: 1px; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 2px solid var(--brand); outline-offset: 3px; border-radius: 2px; }
h1, h2, h3, p, ul, ol, dl, pre, figure { margin: 0; }
code, pre { font-family: var(--mono); font-size: .86em; }

.top { display: flex; justify-content: space-between; align-items: baseline; gap: 1rem; padding: 1.75rem 0; }
.name { font-weight: 650; letter-spacing: -.01em; color: var(--ink); text-decoration: none; }
.top span { color: var(--faint); font-size: .85rem; }

.hero { display: grid; gap: 2.5rem; padding: clamp(2rem, 7vw, 5.5rem) 0 clamp(2.5rem, 7vw, 5rem); }
.hero h1 { font: 400 clamp(2.3rem, 6.4vw, 4.1rem)/1.06 var(--serif); letter-spacing: -.022em; max-width: 14em; text-wrap: balance; }
.hero p { max-width: 35em; margin-top: 1.5rem; color: var(--soft); font-size: 1.08rem; text-wrap: pretty; }
.rosette { width: 100%; max-width: 12rem; overflow: visible; }
.rosette path, .rosette circle { fill: none; stroke: var(--brand); stroke-width: .7; opacity: .6; }
.rosette circle { fill: var(--paper); stroke-width: 1.4; opacity: 1; }
.rosette .tick { stroke-width: 5; stroke-linecap: round; stroke-linejoin: round; opacity: 1; }
.demo { display: inline-flex; align-items: baseline; gap: .6em; margin-top: 2rem; padding: .8rem 1.4rem; border-radius: 9px;
  background: var(--brand); color: var(--on-brand); font-weight: 600; text-decoration: none; }
.demo:hover { filter: brightness(1.08); }
.demo + small { display: block; margin-top: .8rem; color: var(--faint); font-size: .87rem; }

section { display: grid; gap: .9rem; padding: 2.2rem 0; border-top: 1px solid var(--line); }
section > * { min-width: 0; }
section > h2 { font-size: .95rem; font-weight: 600; line-height: 1.7; }
.lead { color: var(--soft); max-width: 38em; margin-bottom: 1.2rem; }

.parts { display: grid; gap: 0; }
.parts div { display: grid; grid-template-columns: 1.3rem 1fr; padding: .7rem 0; border-top: 1px solid var(--line); }
.parts div:first-child { border-top: 0; padding-top: 0; }
.parts dt { grid-column: 2; font-weight: 600; }
.parts dd { grid-column: 2; margin: 0; color: var(--soft); }
.mark { grid-row: 1; width: .62rem; height: .62rem; margin-top: .56rem; border-radius: 50%; background: var(--brand); }
.mark.off { background: none; border: 2px solid var(--warn); }
.off-text { color: var(--warn); }
.when { margin-top: .9rem; color: var(--faint); font-size: .85rem; }

.steps { display: grid; gap: 1.5rem; padding: 0; list-style: none; }
.steps li { max-width: 38em; color: var(--soft); }
.steps b { display: block; color: var(--ink); font-weight: 600; }
.steps code { display: block; margin-top: .3rem; color: var(--faint); font-size: .76rem; letter-spacing: .02em; }

pre { padding: 1.1rem 1.25rem; border: 1px solid var(--line); border-radius: 9px; background: var(--surface); overflow-x: auto; line-height: 1.7; }
.second { margin-top: 1.6rem; }
.note { margin-top: .8rem; color: var(--faint); font-size: .87rem; max-width: 42em; }
.links { display: grid; gap: .7rem; padding: 0; list-style: none; }
.links li { display: grid; }
.links a { justify-self: start; }
.links span { color: var(--soft); }
footer { padding: 2rem 0 3.5rem; border-top: 1px solid var(--line); color: var(--faint); font-size: .85rem; }

.table { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .92rem; }
th { text-align: left; font-weight: 600; color: var(--faint); font-size: .82rem; }
th, td { padding: .5rem 1.25rem .5rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:target td { background: light-dark(#e3efe9, #17332a); }
td:last-child { min-width: 16em; padding-right: 0; color: var(--soft); }
.page-title { font: 400 clamp(2rem, 5vw, 3rem)/1.1 var(--serif); letter-spacing: -.02em; padding: 1.5rem 0 1rem; }

@media (min-width: 56rem) {
  .hero { grid-template-columns: minmax(0, 1fr) 17rem; align-items: center; gap: 4rem; }
  .rosette { max-width: none; }
  section { grid-template-columns: 11rem minmax(0, 1fr); gap: 2.5rem; padding: 2.8rem 0; }
  .parts div { grid-template-columns: 1.3rem 11rem 1fr; }
  .parts dd { grid-column: 3; }
  .links li { grid-template-columns: 12.3rem 1fr; }
}
@media (max-width: 56rem) { .rosette { order: -1; max-width: 7rem; } .hero { gap: 1.5rem; padding-top: 1rem; } }
@media (max-width: 40rem) {
  html { font-size: 16px; }
  thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  table, tbody, tr, td { display: block; }
  tr { padding: .8rem 0; border-bottom: 1px solid var(--line); }
  td { padding: 0; border: 0; }
  td[data-label] { display: inline-block; margin-right: 1rem; color: var(--faint); font-size: .82rem; }
  td[data-label]::before { content: attr(data-label) " "; }
}
`;

/** How the element looks: calm, small, in the type and colours of the page that it stands in. */

/**
 * Everything but the bars is made of `currentColor`, so that it fits any page, light or dark. The accent is of
 * a middle lightness: it has a contrast of 3 to 1 and more with white and with black (WCAG 2.2, 1.4.11).
 */
const css = `
:host {
  display: block;
  container-type: inline-size;
  --accent: var(--shotglass-accent, #bd6428);
  --quiet: var(--shotglass-quiet, color-mix(in srgb, currentColor 74%, transparent));
  --line: var(--shotglass-line, color-mix(in srgb, currentColor 22%, transparent));
  --edge: var(--shotglass-edge, color-mix(in srgb, currentColor 58%, transparent));
  --track: var(--shotglass-track, color-mix(in srgb, currentColor 9%, transparent));
  --radius: var(--shotglass-radius, 6px);
  --mono: var(--shotglass-mono, ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace);
  margin-block: 1em;
}
:host([hidden]) { display: none; }
*, *::before, *::after { box-sizing: border-box; }
p, ol, figure, pre { margin: 0; padding: 0; }

.glass {
  display: grid;
  grid-template-columns: minmax(0, 1fr);
  gap: 0.875em 1.5em;
  padding: 0.875em;
  border: 1px solid var(--line);
  border-radius: var(--radius);
  font-size: var(--shotglass-font-size, 0.9375em);
  line-height: 1.45;
  text-align: start;
}
.problems { display: grid; gap: 0.25em; grid-column: 1 / -1; }
.problem, .problems p { border-inline-start: 3px solid var(--accent); padding-inline-start: 0.625em; overflow-wrap: anywhere; }
.prompt, .answer { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.5em; align-content: start; min-inline-size: 0; }
.quiet, .source { color: var(--quiet); font-size: 0.875em; }
.source { overflow-wrap: anywhere; }

.shots { display: flex; align-items: center; gap: 0.5em; min-block-size: 24px; }
.shots .name { font-weight: 600; }
.shots input { flex: 1; min-inline-size: 4em; block-size: 24px; margin: 0; accent-color: var(--accent); }
.count { font-variant-numeric: tabular-nums; white-space: nowrap; }

.instruction { white-space: pre-wrap; }
.pairs { list-style: none; display: grid; gap: 2px; }
.pair {
  display: grid;
  grid-template-columns: 1.5em minmax(0, 1fr) auto minmax(0, 0.8fr) auto;
  gap: 0.375em;
  align-items: baseline;
  min-block-size: 24px;
}
.number { color: var(--quiet); font-size: 0.8125em; font-variant-numeric: tabular-nums; text-align: end; }
.pair .text { white-space: pre-wrap; overflow-wrap: anywhere; min-inline-size: 0; }
.arrow { color: var(--quiet); }
.arrow:dir(rtl) { transform: scaleX(-1); }
.divider { border-block-start: 1px dashed var(--edge); color: var(--quiet); font-size: 0.8125em; padding-block-start: 0.25em; }
button.others { padding: 0; border: none; color: inherit; text-decoration: underline; text-underline-offset: 0.2em; }
button.others::before { content: "▸"; display: inline-block; margin-inline-end: 0.375em; }
button.others[aria-expanded="true"]::before { content: "▾"; }
.pair[hidden] { display: none; }
.unused .text { color: var(--quiet); }
.unused .number { visibility: hidden; }
.asked .number, .asked .text, .asked .gap { font-weight: 600; }
.asked .number { color: var(--accent); font-size: 1em; }

textarea {
  font: inherit; color: inherit; background: transparent;
  inline-size: 100%; min-block-size: 28px; padding: 0.125em 0.375em; resize: none; overflow: hidden;
  border: 1px solid var(--line); border-radius: calc(var(--radius) - 2px);
  field-sizing: content; min-inline-size: 0; max-inline-size: 100%;
}
textarea:hover { border-color: var(--edge); }
button {
  font: inherit; color: inherit; background: transparent; cursor: pointer;
  min-block-size: 28px; min-inline-size: 28px; padding: 0.125em 0.625em;
  border: 1px solid var(--edge); border-radius: calc(var(--radius) - 1px);
}
button:hover { background: var(--track); }
button.step, button.remove { padding: 0; border-color: transparent; }
button.primary { border-color: var(--accent); border-width: 1.5px; text-align: start; font-weight: 600; }
button .aside { font-weight: 400; }
button[aria-disabled="true"] { border-color: var(--line); color: var(--quiet); cursor: default; background: none; }
.tools { display: flex; flex-wrap: wrap; gap: 0.5em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }

details.exact summary { cursor: pointer; font-size: 0.875em; color: var(--quiet); min-block-size: 24px; align-content: center; }
pre {
  font-family: var(--mono); font-size: 0.8125em; line-height: 1.5; white-space: pre-wrap; overflow-wrap: anywhere;
  padding: 0.5em; background: var(--track); border-radius: calc(var(--radius) - 2px);
  max-block-size: 20em; overflow: auto;
}
pre .template { color: var(--quiet); }
pre .query { font-weight: 600; }

.badge {
  justify-self: start; display: flex; align-items: center; gap: 0.375em;
  font-size: 0.8125em; padding: 0 0.5em; border: 1px solid var(--line); border-radius: 1em;
}
.badge::before {
  content: ""; inline-size: 0.5em; block-size: 0.5em; border-radius: 50%; border: 1.5px solid var(--accent);
}
.badge.live::before { background: var(--accent); }
.answer[aria-busy] .picture { opacity: 0.72; }

table { inline-size: 100%; border-collapse: collapse; }
caption, figcaption { text-align: start; font-weight: 600; padding-block-end: 0.25em; }
th, td { padding: 1px 0; font-weight: inherit; text-align: start; vertical-align: middle; }
thead th { color: var(--quiet); font-size: 0.8125em; border-block-end: 1px solid var(--line); }
th.name { padding-inline-end: 0.625em; inline-size: 36%; overflow-wrap: break-word; }
th.drawing, td.drawing { min-inline-size: 3em; }
th.figure, td.figure { inline-size: 1%; padding-inline-start: 0.625em; text-align: end; white-space: nowrap; font-variant-numeric: tabular-nums; }
tbody th { min-block-size: 24px; line-height: 1.6; }
.token, .continuation { font-family: var(--mono); font-size: 0.9em; font-variant-ligatures: none; white-space: pre-wrap; }
.token { white-space: nowrap; }
.mark { color: var(--quiet); }
.rest th, .rest td { border-block-start: 1px solid var(--line); }
.rest th { font-size: 0.875em; white-space: normal; }
.axis { display: flex; justify-content: space-between; }
.bar { display: block; block-size: 0.75em; background: var(--track); border-radius: 2px; overflow: hidden; }
.bar .filled { display: block; block-size: 100%; background: var(--accent); }
.rest .filled { background: var(--edge); }
.ladder .chart { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0.5em; }
.ladder .scale { display: flex; flex-direction: column; justify-content: space-between; block-size: 8em; color: var(--quiet); font-size: 0.8125em; line-height: 1; text-align: end; }
.ladder ol { list-style: none; display: flex; gap: clamp(0px, 0.4%, 4px); }
.ladder li { flex: 1 1 0; min-inline-size: 0; position: relative; }
.ladder .bar { display: flex; align-items: end; block-size: 6.5em; }
.ladder .filled { inline-size: 100%; block-size: 0; background: var(--edge); }
.ladder .present .filled { background: var(--accent); }
.ladder .unknown { background: none; border: 1px dashed var(--line); }
.ladder .under { display: block; text-align: center; font-size: 0.8125em; color: var(--quiet); font-variant-numeric: tabular-nums; min-block-size: 1.45em; white-space: nowrap; }
.ladder .present .under { color: inherit; font-weight: 700; }
.continuation { padding: 0.5em; background: var(--track); border-radius: calc(var(--radius) - 2px); overflow-wrap: anywhere; }

.run { display: grid; gap: 0.375em; justify-items: start; }
.run:empty { display: none; }
.run .title { font-weight: 600; }
.progress { inline-size: 100%; block-size: 0.5em; border: 1px solid var(--edge); border-radius: 1em; overflow: hidden; }
.progress .filled { display: block; block-size: 100%; inline-size: 0; background: var(--accent); }

.heard {
  position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
.glass { position: relative; }
.glass[hidden], .page[hidden] { display: none; }

@container (min-width: 600px) {
  .glass { grid-template-columns: minmax(0, 1fr) minmax(0, 1.1fr); }
}
@container (max-width: 420px) {
  [data-editable] .shots { display: grid; grid-template-columns: auto minmax(0, 1fr) auto; gap: 0 0.25em; }
  [data-editable] .shots .name { grid-column: 1 / 3; grid-row: 1; }
  [data-editable] .shots .count { grid-row: 1; }
  [data-editable] .pair { grid-template-columns: 1em minmax(0, 1fr) auto; gap: 0.25em; }
  [data-editable] .pair .arrow, [data-editable] .gap { display: none; }
  [data-editable] .output { grid-column: 2; grid-row: 2; }
  [data-editable] .remove { grid-column: 3; grid-row: 1; }
}
@container (max-width: 320px) {
  .glass { padding: 0.5em; }
  th.name { padding-inline-end: 0.375em; }
  .pair { grid-template-columns: 1em minmax(0, 1fr) auto minmax(0, 0.8fr) auto; gap: 0.25em; }
  button { padding-inline: 0.375em; }
  th.figure, td.figure { padding-inline-start: 0.375em; }
}
@media (prefers-reduced-motion: no-preference) {
  .picture { transition: opacity 150ms; }
  .progress .filled { transition: inline-size 150ms linear; }
}
@media (forced-colors: active) {
  .bar, .progress { border: 1px solid CanvasText; }
  .filled, .rest .filled, .badge.live::before { forced-color-adjust: none; background: CanvasText; }
}
@media print {
  .glass[data-print="page"], button, .shots input, details.exact, .run { display: none; }
  .glass[data-print="page"] + .page { display: block; }
  .bar, .filled { print-color-adjust: exact; }
  .unused, .divider { display: none; }
}
`;

const sheets = new WeakMap<Document, CSSStyleSheet>();

/** The sheet of a document: made once, and allowed where a security policy allows no style elements. */
export function styleSheet(document: Document): CSSStyleSheet {
  const known = sheets.get(document);
  if (known) return known;
  const Sheet = (document.defaultView ?? globalThis).CSSStyleSheet;
  const sheet = new Sheet();
  sheet.replaceSync(css);
  sheets.set(document, sheet);
  return sheet;
}

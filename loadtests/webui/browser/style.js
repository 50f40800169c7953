// Everything is mixed with the colour of the text around it, which Locust's theme sets: so the tab
// turns dark and light with the page, without being told.

export const STYLE = `
:host {
  --line: color-mix(in srgb, currentColor 14%, transparent);
  --faint: color-mix(in srgb, currentColor 5%, transparent);
  --soft: color-mix(in srgb, currentColor 72%, transparent);
  --wrong: color-mix(in srgb, #d84315 78%, currentColor);
  --errors: color-mix(in srgb, #c77700 62%, currentColor);
  --link: color-mix(in srgb, #15803d 62%, currentColor);
  display: block; margin-bottom: 64px; font-size: .875rem; line-height: 1.43;
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
h2, h3, p, dl, dd, ul, ol, pre { margin: 0; padding: 0; }
h2 { font-size: 1.5rem; font-weight: 400; line-height: 1.3; }
h2.wrong { color: var(--wrong); font-weight: 500; }
h3 { font-size: 1.05rem; font-weight: 500; margin: 28px 0 8px; }
header { display: flex; flex-wrap: wrap; gap: 8px 32px; justify-content: space-between; }
header > div { flex: 1 1 24rem; }
.sure { color: var(--soft); max-width: 62rem; }
.side { display: flex; gap: 16px; align-items: baseline; white-space: nowrap; }
.age { border: 1px solid var(--line); border-radius: 12px; padding: 1px 10px; }
.age.running::before { content: "●"; color: var(--link); margin-right: 6px; }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
.alerts p { margin-top: 12px; padding: 8px 12px; border-left: 4px solid var(--errors);
  background: var(--faint); }

.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(7.4rem, 1fr)); gap: 8px;
  margin-top: 20px; }
.tiles div { display: flex; flex-direction: column-reverse; justify-content: flex-end;
  padding: 10px 12px; border: 1px solid var(--line); border-radius: 4px; }
.tiles dt { color: var(--soft); font-size: .78rem; line-height: 1.3; }
.tiles dd { font-size: 1.4rem; font-variant-numeric: tabular-nums; }
.tiles .wrong { border-color: var(--wrong); } .tiles .wrong dd { color: var(--wrong); }
.tiles .errors dd { color: var(--errors); }

.legend { display: flex; flex-wrap: wrap; gap: 2px 20px; list-style: none; color: var(--soft); }
.legend i { display: inline-block; width: 12px; height: 12px; margin-right: 6px;
  vertical-align: -1px; background: var(--paint); }
.legend .seen i { height: 4px; vertical-align: 3px; }
.c0 { --paint: #d55e00; } .c1 { --paint: #0072b2; } .c2 { --paint: #009e73; }
.c3 { --paint: #cc79a7; } .c4 { --paint: #808080; }
.seen { --paint: color-mix(in srgb, currentColor 45%, transparent); }
.frame { margin-top: 8px; overflow: hidden; }
.frame svg { display: block; }
svg text { fill: var(--soft); font-size: 12px; font-family: inherit; }
.chart rect { fill: var(--paint); }
.chart .cursor { fill: var(--faint); }
.grid { stroke: var(--line); }
input[type=range] { display: block; appearance: none; height: 16px; margin: -16px 0 0;
  background: none; cursor: ew-resize; }
::-webkit-slider-thumb { appearance: none; width: 12px; height: 12px; border-radius: 6px;
  border: 0; background: var(--soft); }
::-moz-range-thumb { width: 12px; height: 12px; border-radius: 6px; border: 0;
  background: var(--soft); }
output { display: block; margin-left: 44px; min-height: 1.43em; color: var(--soft);
  font-variant-numeric: tabular-nums; }

.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 4px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 8px 12px; text-align: right; border-bottom: 1px solid var(--line); }
thead th { font-weight: 500; vertical-align: bottom; line-height: 1.25; }
th:first-child { text-align: left; white-space: nowrap; }
tbody th { font-weight: 400; } tbody tr:last-child > * { border-bottom: 0; }
tr.bad td:nth-child(5), tr.bad th { color: var(--wrong); font-weight: 500; }

.note { color: var(--soft); }
.findings { list-style: none; margin-top: 8px; max-height: 34rem; overflow-y: auto; }
.findings, .scroll { scrollbar-color: var(--soft) var(--faint); scrollbar-width: thin; }
.findings:not(:empty) { border: 1px solid var(--line); border-radius: 4px; }
.findings li + li { border-top: 1px solid var(--line); }
summary { display: flex; flex-wrap: wrap; gap: 2px 14px; padding: 8px 12px; cursor: pointer; }
summary:hover { background: var(--faint); }
summary::before { content: "▸"; } details[open] > summary::before { content: "▾"; }
summary time { font-variant-numeric: tabular-nums; color: var(--soft); }
summary b { color: var(--wrong); font-weight: 500; }
.who { flex: 1 1 20rem; } .process { color: var(--soft); }
details > :not(summary) { margin: 4px 12px 12px 36px; }
.lanes { display: block; width: min(600px, calc(100% - 48px)); height: auto; }
.lanes .lane { fill: var(--faint); } .lanes .owner { fill: #0072b2; }
.lanes .victim { fill: #d55e00; }
.answers { display: grid; grid-template-columns: auto 1fr; gap: 4px 12px; }
.answers dt { color: var(--soft); }
pre { font-size: .8rem; white-space: pre-wrap; overflow-wrap: anywhere; background: var(--faint);
  padding: 4px 8px; border-radius: 4px; }
section > ul:not(.legend) { padding-left: 20px; max-width: 62rem; }
@media (max-width: 600px) {
  h2 { font-size: 1.2rem; }
  .tiles { grid-template-columns: repeat(2, 1fr); } .tiles > :first-child { grid-column: span 2; }
  details > :not(summary) { margin-left: 12px; }
}
`;

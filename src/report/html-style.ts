/** The look of the HTML report. Filters work without a script: the check boxes steer what is shown. */
export const css = `
:root { color-scheme: light dark;
  --ground: #f6f7f9; --card: #fff; --ink: #1b1f24; --soft: #5b6470; --line: #dfe3e8; --code: #f0f2f5;
  --ok: #1a7f37; --changed: #9a6700; --failed: #cf222e; --skipped: #0b7285; --unreachable: #8250df; --unknown: #0969da; }
@media (prefers-color-scheme: dark) { :root {
  --ground: #0f1216; --card: #171b21; --ink: #e6e9ee; --soft: #97a1ad; --line: #2b323b; --code: #1f252d;
  --ok: #4ac26b; --changed: #e3b341; --failed: #ff7b72; --skipped: #56d4dd; --unreachable: #d2a8ff; --unknown: #79b8ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.05rem; margin: 2.2rem 0 .6rem; }
.soft { color: var(--soft); } .mono, pre, td.task { font-family: ui-monospace, Menlo, Consolas, monospace; }
.badge { display: inline-block; padding: .05rem .55rem; border-radius: 1rem; border: 1px solid currentColor; font-size: .8rem;
  font-weight: 600; vertical-align: middle; margin-left: .5rem; }
.facts { display: flex; flex-wrap: wrap; gap: .3rem 1.6rem; margin: .6rem 0 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .38rem .7rem; text-align: left; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child > td { border-bottom: 0; } th { font-weight: 600; font-size: .8rem; color: var(--soft); white-space: nowrap; }
td.mono { white-space: nowrap; } td.n, th.n { text-align: right; } td.zero { color: var(--soft); opacity: .55; }
a { color: inherit; text-decoration-color: var(--line); text-underline-offset: 3px; }
.ok { color: var(--ok); } .changed { color: var(--changed); } .failed { color: var(--failed); }
.skipped { color: var(--skipped); } .unreachable { color: var(--unreachable); } .unknown { color: var(--unknown); }
.filters { display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; margin: .4rem 0 .8rem; }
.filters label { cursor: pointer; } .filters input { color: inherit; accent-color: currentColor; vertical-align: -1px; }
details.host { margin: .55rem 0; } details.host > summary { cursor: pointer; padding: .55rem .8rem; font-weight: 600; }
summary .counts { font-weight: 400; font-size: .86rem; margin-left: .7rem; }
summary .counts span { margin-right: .7rem; }
.host table { border-top: 1px solid var(--line); table-layout: fixed; }
.host col.status { width: 7.2rem; } .host col.time { width: 5.4rem; } .host col.bar { width: 22%; }
td.status { font-weight: 600; } td.task { overflow-wrap: anywhere; font-size: .88rem; }
td.time { text-align: right; white-space: nowrap; color: var(--soft); }
tr.play td { background: var(--code); font-weight: 600; font-size: .86rem; }
.track { position: relative; display: block; height: .55rem; margin-top: .45rem; background: var(--code); border-radius: 3px; }
.track i { position: absolute; top: 0; bottom: 0; min-width: 3px; border-radius: 3px; background: currentColor; }
.place { font-size: .8rem; color: var(--soft); } .message { white-space: pre-wrap; margin: .25rem 0; font-family: system-ui, sans-serif; }
pre { margin: .4rem 0; padding: .6rem .75rem; background: var(--code); border-radius: 6px; overflow-x: auto; font-size: .8rem; line-height: 1.45; }
pre .added { color: var(--ok); } pre .removed { color: var(--failed); } pre .hunk { color: var(--skipped); }
pre .header { font-weight: 600; } pre .note { color: var(--soft); } pre span { display: block; min-height: 1.45em; }
td details > summary { cursor: pointer; color: var(--soft); font-size: .82rem; font-family: system-ui, sans-serif; }
ul { margin: .4rem 0; padding: .4rem .8rem .4rem 2rem; }
body:has(#show-ok:not(:checked)) tr.is-ok, body:has(#show-changed:not(:checked)) tr.is-changed,
body:has(#show-skipped:not(:checked)) tr.is-skipped, body:has(#show-failed:not(:checked)) tr.is-failed,
body:has(#show-unreachable:not(:checked)) tr.is-unreachable, body:has(#show-unknown:not(:checked)) tr.is-unknown { display: none; }
@media (max-width: 44rem) { td.bar { padding: 0; visibility: hidden; } .host col.bar { width: 0; } .host col.status { width: 6rem; } main { padding: 1rem .6rem; } }
@media print { .filters { display: none; } body { background: #fff; } }
`;

/** The page's style: light and dark by what the reader prefers, from 320 px to wide screens. */
export const PAGE_STYLE = `
:root { color-scheme: light dark;
  --page: #f6f7f9; --panel: #ffffff; --text: #1d2430; --quiet: #5d6777; --line: #dde2ea;
  --captured: #c3d9ee; --missing: #c8324a; --different: #e09a1a; --extra: #7a5fd0; --closed: #e7eaef; --empty: #f6f7f9;
  --good: #1f7a4d; }
@media (prefers-color-scheme: dark) { :root {
  --page: #12161d; --panel: #1a2029; --text: #e4e9f1; --quiet: #97a3b5; --line: #2d3643;
  --captured: #264a6b; --missing: #ff6479; --different: #f2b843; --extra: #a48cf2; --closed: #262e3a; --empty: #141920;
  --good: #5fce96; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 24px 16px 48px; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0; }
h2 { font-size: 1.05rem; margin: 0 0 4px; }
p { margin: 0 0 12px; color: var(--quiet); overflow-wrap: anywhere; }
.outcome { display: inline-block; margin: 12px 0 20px; padding: 6px 12px; border-left: 4px solid var(--different);
  background: var(--panel); border-radius: 4px; }
.outcome.equal, .outcome.repaired { border-color: var(--good); }
.outcome.nothing { border-color: var(--missing); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(154px, 1fr)); gap: 12px; margin-bottom: 16px; }
.tile, section { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; }
.tile { padding: 12px 14px; }
.tile b { display: block; font-size: 1.35rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tile span { color: var(--quiet); font-size: .85rem; }
section { padding: 16px; margin-bottom: 16px; }
.key { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 0 0 12px; font-size: .85rem; color: var(--quiet); }
.key i { display: inline-block; width: 12px; height: 12px; border-radius: 2px; margin-right: 6px; vertical-align: -1px; }
.plot { display: grid; grid-template-columns: clamp(64px, 16vw, 130px) 1fr; column-gap: 8px; }
.plot svg { width: 100%; display: block; background: var(--empty); border-radius: 3px; }
.rows, .times { position: relative; font-size: .72rem; color: var(--quiet); font-variant-numeric: tabular-nums; }
.rows span { position: absolute; right: 0; max-width: 100%; transform: translateY(-50%); white-space: nowrap;
  overflow: hidden; text-overflow: ellipsis; line-height: 1.1; }
.times { grid-column: 2; height: 20px; margin-top: 3px; }
.times span { position: absolute; transform: translateX(-50%); }
.times span:first-child { transform: none; }
i.captured, path.captured, rect.captured { fill: var(--captured); background: var(--captured); }
i.missing, path.missing, rect.missing { fill: var(--missing); background: var(--missing); }
i.different, path.different, rect.different { fill: var(--different); background: var(--different); }
i.extra, path.extra, rect.extra { fill: var(--extra); background: var(--extra); }
i.closed, path.closed, rect.closed { fill: var(--closed); background: var(--closed); }
.track { fill: var(--closed); }
.s0 { fill-opacity: .12; } .s1 { fill-opacity: .3; } .s2 { fill-opacity: .55; } .s3 { fill-opacity: .8; }
.bar { display: grid; grid-template-columns: 64px 1fr minmax(0, 380px); gap: 2px 12px; align-items: center;
  padding: 3px 0; font-variant-numeric: tabular-nums; }
.bar svg { width: 100%; height: 14px; display: block; border-radius: 2px; }
.bar span:last-child { color: var(--quiet); font-size: .85rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { padding: 5px 10px; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { color: var(--quiet); font-weight: 500; font-size: .8rem; }
th:first-child, td:first-child, .text { text-align: left; }
.text { white-space: normal; min-width: 220px; }
.none { margin: 0; }
ul { margin: 0; padding-left: 18px; color: var(--quiet); overflow-wrap: anywhere; }
@media (max-width: 640px) {
  .bar { grid-template-columns: 56px 1fr; }
  .bar span:last-child { grid-column: 1 / -1; margin-bottom: 6px; }
  .times span:nth-child(even) { display: none; }
}`;

/**
 * The colours are those of Okabe and Ito ("Color Universal Design", 2008), told apart with any kind of colour vision, and
 * for the percentiles one blue from light to dark: their order is seen without a legend.
 */
export const PICTURE_STYLE = `
.gameday-picture { --paper: #ffffff; --ink: #1f2430; --soft: #5b6472; --grid: #e4e7ec; --rule: #98a1ae;
  --p50: #4a9bcb; --p95: #1b6ca8; --p99: #10375c; --hurt: #c2410c; --noticed: #9b3a78; --undone: #0b6e54; --healed: #0b6e54;
  --error: #c2410c; --load: #98a1ae; --calm: #0072b2;
  width: 100%; height: auto; font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
@media (prefers-color-scheme: dark) { .gameday-picture { --paper: #161a21; --ink: #e6e9ef; --soft: #a2acba; --grid: #2b313c; --rule: #5f6a79;
  --p50: #2f7fb5; --p95: #6bb2dd; --p99: #d3ebfb; --hurt: #ff9466; --noticed: #e79bc8; --undone: #4cc9a4; --healed: #4cc9a4;
  --error: #ff9466; --load: #5f6a79; --calm: #56b4e9; } }
@media print { .gameday-picture { --paper: #ffffff; --ink: #1f2430; --soft: #5b6472; --grid: #e4e7ec; --rule: #98a1ae;
  --p50: #4a9bcb; --p95: #1b6ca8; --p99: #10375c; --hurt: #c2410c; --noticed: #9b3a78; --undone: #0b6e54; --healed: #0b6e54;
  --error: #c2410c; --load: #98a1ae; --calm: #0072b2; } }
.gameday-picture text { fill: var(--soft); }
.gameday-picture .paper { fill: var(--paper); }
.gameday-picture .grid { stroke: var(--grid); }
.gameday-picture .tick { text-anchor: end; font-variant-numeric: tabular-nums; }
.gameday-picture .heading { font-weight: 600; fill: var(--ink); }
.gameday-picture .phase text { text-anchor: middle; font-weight: 600; fill: var(--ink); }
.gameday-picture .phase .shade { fill-opacity: .06; } .gameday-picture .phase .band { fill-opacity: .2; }
.gameday-picture .warm-up rect { fill: var(--rule); } .gameday-picture .baseline rect { fill: var(--calm); }
.gameday-picture .fault rect { fill: var(--hurt); } .gameday-picture .recovery rect { fill: var(--healed); }
.gameday-picture .fault .shade { fill-opacity: .1; }
.gameday-picture .line { fill: none; stroke-width: 1.8; stroke-linejoin: round; stroke-linecap: round; }
.gameday-picture .line.p50 { stroke: var(--p50); } .gameday-picture .line.p95 { stroke: var(--p95); } .gameday-picture .line.p99 { stroke: var(--p99); stroke-width: 2.2; }
.gameday-picture .dot.p50 { fill: var(--p50); } .gameday-picture .dot.p95 { fill: var(--p95); } .gameday-picture .dot.p99 { fill: var(--p99); }
.gameday-picture .name { font-weight: 600; fill: var(--ink); }
.gameday-picture .errors .line { stroke: var(--error); } .gameday-picture .errors .fill { fill: var(--error); fill-opacity: .25; }
.gameday-picture .load .fill { fill: var(--load); fill-opacity: .45; }
.gameday-picture .time line { stroke: var(--rule); } .gameday-picture .time text { text-anchor: middle; font-variant-numeric: tabular-nums; } .gameday-picture .time .caption { text-anchor: end; }
.gameday-picture .nothing { text-anchor: middle; font-size: 15px; }
.gameday-picture .hover { fill: var(--ink); fill-opacity: 0; } .gameday-picture .hover:hover { fill-opacity: .08; }
.gameday-picture .pole { fill: none; stroke-width: 1.4; stroke-dasharray: 5 3; pointer-events: none; }
.gameday-picture .pole.hurt { stroke: var(--hurt); } .gameday-picture .pole.noticed { stroke: var(--noticed); } .gameday-picture .pole.undone, .gameday-picture .pole.healed { stroke: var(--healed); }
.gameday-picture .flag text { font-weight: 600; paint-order: stroke; stroke: var(--paper); stroke-width: 3px; } .gameday-picture .flag .flipped { text-anchor: end; }
.gameday-picture .flag.hurt * { fill: var(--hurt); } .gameday-picture .flag.noticed * { fill: var(--noticed); } .gameday-picture .flag.undone * { fill: var(--undone); } .gameday-picture .flag.healed * { fill: var(--healed); }
`;

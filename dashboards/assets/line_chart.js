// Lines with bands over rounds, as SVG shapes: a pure function without dependencies. The dashboard draws the shapes
// with shared/line_chart.vue, the classroom with board.js.
//
// detLineChart({ width, height, left, right, top, bottom, rounds, high, ... }) returns { shapes, x, y, middle, at }:
// the shapes as [tag, attributes, text], and the scales. Optional properties:
//   ticks: [[value, label]] of the y axis; along: [[round, label, anchor]] of the x axis, default: as many as fit
//   sideTitle, belowTitle: titles of the axes; text, rule: colours of the text and of the grid
//   bands: [{ low, high, look, edge }], lines: [{ values, look, until }]; look and edge are SVG attributes. Both accept
//     kind "steps", where a value holds from its round on, or "spans", where it holds from `from[n]` to `to[n]`;
//     `at` holds the rounds of the values if these are not 0, 1, 2, ...
//   marks: [{ round, look, over }] vertical lines, below or above the rest; dots: [{ round, value, look }];
//   ticksAbove: [{ rounds, look }] short strokes at the upper edge; cells: true if a round is a column, not a point
(function (global) {
  const STEPS = [1, 2, 3, 6, 12, 24, 60, 120, 240, 480]; // a round is a month

  function detLineChart(spec) {
    const options = Object.assign({ left: 40, right: 12, top: 8, bottom: 24, high: 1, bands: [], lines: [], marks: [], dots: [], ticksAbove: [] }, spec);
    const scales = scalesOf(options);
    const shapes = axes(options, scales);
    options.marks.forEach((mark) => { if (!mark.over) shapes.push(verticalLine(options, scales, mark)); });
    options.bands.forEach((band) => shapes.push(...bandShapes(band, scales)));
    options.lines.forEach((line) => shapes.push(["path", Object.assign({ fill: "none", "stroke-linejoin": "round", d: path(runs(line, line.values), scales) }, line.look)]));
    options.ticksAbove.forEach(({ rounds, look }) => shapes.push(["path", Object.assign({ fill: "none", d: rounds.map((round) => `M${scales.x(round)} ${options.top}v8`).join("") }, look)]));
    options.marks.forEach((mark) => { if (mark.over) shapes.push(verticalLine(options, scales, mark)); });
    options.dots.forEach(({ round, value, look }) => shapes.push(["circle", Object.assign({ cx: scales.x(round), cy: scales.y(value) }, look)]));
    return Object.assign({ shapes }, scales);
  }

  function scalesOf({ width, height, left, right, top, bottom, rounds, high, cells }) {
    const wide = Math.max(width - left - right, 1), tall = height - top - bottom, places = Math.max(rounds + (cells ? 1 : 0), 1);
    const rounded = (value) => Math.round(10 * value) / 10;
    const x = (round) => rounded(left + (round / places) * wide);
    return {
      x,
      y: (value) => rounded(top + tall * (1 - Math.min(Math.max(value / high, 0), 1))),
      middle: (round) => (cells ? (x(round) + x(round + 1)) / 2 : x(round)),
      at: (pixel) => { // the round at a pixel, or null outside the chart
        const place = ((pixel - left) / wide) * places;
        const round = cells ? Math.floor(place) : Math.round(place);
        return round >= 0 && round <= rounds ? round : null;
      },
    };
  }

  function axes(options, { x, y, middle }) {
    const { width, height, left, right, bottom, rounds, text, rule } = options;
    const line = rule ? { stroke: rule } : {}, textAttributes = (more) => Object.assign(text ? { fill: text } : {}, more);
    const below = height - bottom, shapes = [];
    ticksOf(options).forEach(([value, label]) => {
      shapes.push(["line", Object.assign({ x1: left, x2: width - right, y1: y(value), y2: y(value) }, line)]);
      shapes.push(["text", textAttributes({ x: left - 6, y: y(value) + 4, "text-anchor": "end" }), label]);
    });
    (options.along || roundLabels(rounds, x(rounds) - x(0))).forEach(([round, label, anchor]) => {
      shapes.push(["text", textAttributes({ x: anchor ? x(round) : middle(round), y: below + 16, "text-anchor": anchor || "middle" }), label]);
    });
    const across = (left + width - right) / 2, up = (options.top + below) / 2;
    if (options.belowTitle) shapes.push(["text", textAttributes({ x: across, y: height - 3, "text-anchor": "middle" }), options.belowTitle]);
    if (options.sideTitle) shapes.push(["text", textAttributes({ x: 11, y: up, "text-anchor": "middle", transform: `rotate(-90 11 ${up})` }), options.sideTitle]);
    return shapes;
  }

  const ticksOf = ({ ticks, high }) => ticks || [0, 0.25, 0.5, 0.75, 1].map((part) => [part * high, Number((part * high).toFixed(2))]);

  function roundLabels(rounds, room) { // as many labels as fit
    const step = STEPS.find((each) => (rounds / each) * 44 <= room) || 1000;
    return Array.from({ length: Math.floor(rounds / step) + 1 }, (_, n) => [n * step, n * step]);
  }

  function verticalLine({ top, height, bottom }, { middle }, { round, look }) {
    return ["line", Object.assign({ x1: middle(round), x2: middle(round), y1: top, y2: height - bottom }, look)];
  }

  function runs(series, values) { // lists of [round, value] without gaps
    const found = [], until = series.until === undefined ? Infinity : series.until;
    let last = null;
    values.forEach((value, n) => {
      const [from, to] = series.kind === "spans" ? [series.from[n], series.to[n]] : [series.at ? series.at[n] : n, null];
      if (value === null || from > until) { last = null; return; }
      if (last === null || (to !== null && last[0] !== from)) found.push([]);
      const run = found[found.length - 1];
      if (series.kind === "steps" && run.length) run.push([from, last[1]]);
      run.push([from, value]);
      if (to !== null) run.push([to, value]);
      last = [to === null ? from : to, value];
    });
    return found;
  }

  const points = (run, { x, y }) => run.map(([round, value]) => `${x(round)} ${y(value)}`);
  const path = (found, scales) => found.map((run) => `M${points(run, scales).join("L")}`).join("");

  function bandShapes(band, scales) {
    const low = runs(band, band.low), high = runs(band, band.high);
    const area = high.map((run, n) => `M${points(run, scales).concat(points(low[n], scales).reverse()).join("L")}Z`).join("");
    const shapes = [["path", Object.assign({ stroke: "none", d: area }, band.look)]];
    if (band.edge) shapes.push(["path", Object.assign({ fill: "none", d: path(low, scales) + path(high, scales) }, band.edge)]);
    return shapes;
  }

  global.detLineChart = detLineChart;
})(typeof globalThis === "undefined" ? window : globalThis);

/* Build the message network of a report, and draw all charts. */
"use strict";

const ROLES = { state: ["circle", "state"], body: ["diamond", "verification body"] };
const STRENGTHS = [
  { below: -4, label: "below −4: conflict", dash: "10px,4px" },
  { below: -1, label: "−4 to −1", dash: "8px,3px,2px,3px" },
  { below: 1, label: "−1 to 1: neutral", dash: "2px,3px" },
  { below: 4, label: "1 to 4", dash: "18px,4px" },
  { below: Infinity, label: "4 and above: cooperation", dash: "solid" },
];

const MESSAGES = rowsOf(RUN.network.messages);

/* Count messages by sender and receiver, in one round or (0) in all rounds. */
function edgesOf(round) {
  const byPair = new Map();
  for (const { round: when, kind, sender, receiver, strength } of MESSAGES) {
    if (round && when !== round) continue;
    const key = `${sender} ${receiver}`;
    if (!byPair.has(key)) byPair.set(key, { sender, receiver, count: 0, sum: 0, kinds: new Map() });
    const edge = byPair.get(key);
    edge.count += 1;
    edge.sum += strength;
    edge.kinds.set(kind, (edge.kinds.get(kind) || 0) + 1);
  }
  const edges = [...byPair.values()];
  for (const edge of edges) {
    edge.mean = edge.sum / edge.count;
    edge.bin = STRENGTHS.findIndex((each) => edge.mean < each.below);
    edge.kindCounts = [...edge.kinds].sort((a, b) => b[1] - a[1]).map(([kind, count]) => `${RUN.network.kinds[kind]} ${count}`);
  }
  return edges.sort((a, b) => b.count - a.count);
}

const nameOf = (actor) => RUN.network.actors[actor].title;

/* Return the points of a curve between two points, bent so that both directions are visible. */
function curvePoints([x0, y0], [x1, y1], gap) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length = Math.hypot(dx, dy) || 1;
  const [cx, cy] = [(x0 + x1) / 2 + 0.16 * dy, (y0 + y1) / 2 - 0.16 * dx];
  const cut = Math.min(gap / length, 0.35);
  const at = (t) => [(1 - t) ** 2 * x0 + 2 * t * (1 - t) * cx + t * t * x1, (1 - t) ** 2 * y0 + 2 * t * (1 - t) * cy + t * t * y1];
  return Array.from({ length: 21 }, (_, step) => at(cut + ((1 - 2 * cut) * step) / 20));
}

function edgeTraces(edges, places, gap) {
  const maxCount = Math.max(...edges.map((edge) => edge.count), 1);
  const traces = [];
  STRENGTHS.forEach((strength, bin) => {
    for (const level of [1, 2, 3, 4]) {
      const own = edges.filter((edge) => edge.bin === bin && Math.ceil((4 * edge.count) / maxCount) === level);
      if (!own.length) continue;
      const curves = own.map((edge) => curvePoints(places[edge.sender], places[edge.receiver], gap));
      const points = curves.flatMap((curve) => [...curve, [null, null]]);
      const line = { color: cssColour(`strength${bin}`), width: [1.2, 2.2, 3.4, 5][level - 1], dash: strength.dash };
      const shared = { legendgroup: String(bin), showlegend: false, hoverinfo: "skip" };
      traces.push({ type: "scatter", mode: "lines", x: points.map((p) => p[0]), y: points.map((p) => p[1]), line, ...shared });
      const arrowAngle = (curve) => (Math.atan2(curve[20][0] - curve[19][0], curve[20][1] - curve[19][1]) * 180) / Math.PI;
      traces.push({
        type: "scatter", mode: "markers", x: curves.map((curve) => curve[20][0]), y: curves.map((curve) => curve[20][1]), ...shared,
        marker: { symbol: "arrow", size: 9 + 2 * level, angle: curves.map(arrowAngle), color: cssColour(`strength${bin}`) },
      });
      traces.push({
        type: "scatter", mode: "markers", x: curves.map((curve) => curve[10][0]), y: curves.map((curve) => curve[10][1]), ...shared,
        marker: { size: 7, color: cssColour("card"), line: { color: cssColour(`strength${bin}`), width: 2 } }, hoverinfo: "text",
        text: own.map((edge) => `${shortLabel(nameOf(edge.sender))} → ${shortLabel(nameOf(edge.receiver))}<br>` +
          `messages: ${edge.count}, mean strength ${number(edge.mean)}<br>${edge.kindCounts.join("<br>")}`),
      });
    }
    traces.push({
      type: "scatter", mode: "lines", x: [null], y: [null], name: strength.label, legendgroup: String(bin),
      line: { color: cssColour(`strength${bin}`), width: 3, dash: strength.dash },
    });
  });
  return traces;
}

function networkChart(_, width) {
  const actors = RUN.network.actors;
  const narrow = width < 560;
  const radius = Math.max(Math.min(width / 2 - (narrow ? 62 : 150), actors.length > 16 ? 280 : 220), 60);
  const firstAngle = actors.length === 2 ? Math.PI : Math.PI / 2;
  const angles = actors.map((_, place) => firstAngle - (2 * Math.PI * place) / actors.length);
  const places = angles.map((angle) => [radius * Math.cos(angle), radius * Math.sin(angle)]);
  const texts = actors.map(({ title }, at) => {
    const [cos, sin] = [Math.cos(angles[at]), Math.sin(angles[at])];
    const upright = narrow || Math.abs(cos) < 0.3;
    const [xanchor, yanchor] = upright ? ["center", sin < -0.01 ? "top" : "bottom"] : [cos > 0 ? "left" : "right", "middle"];
    return {
      text: wrapLabel(title, narrow ? 14 : 20), x: places[at][0], y: places[at][1], showarrow: false, xanchor, yanchor,
      align: xanchor, xshift: upright ? 0 : 14 * Math.sign(cos), yshift: upright ? (yanchor === "top" ? -12 : 12) : 0,
      bgcolor: cssColour("card"), opacity: 0.9, borderpad: 1, font: { size: narrow ? 11 : 12 },
    };
  });
  const round = Number(document.getElementById("network-round").value);
  const data = edgeTraces(edgesOf(round), places, 18);
  for (const [role, [symbol, roleLabel]] of Object.entries(ROLES)) {
    const own = actors.map((_, place) => place).filter((place) => actors[place].role === role);
    if (!own.length) continue;
    data.push({
      type: "scatter", mode: "markers", name: roleLabel, hoverinfo: "text", cliponaxis: false,
      x: own.map((at) => places[at][0]), y: own.map((at) => places[at][1]), text: own.map((at) => shortLabel(actors[at].title, 80)),
      marker: { symbol, size: 18, color: cssColour("soft"), line: { color: cssColour("card"), width: 2 } },
    });
  }
  const tall = radius + 62;
  return { data, layout: baseLayout({
    height: 2 * tall + (narrow ? 150 : 60), hovermode: "closest", margin: { l: 0, r: 0, t: 0, b: 0 }, annotations: texts,
    legend: { orientation: "h", x: 0, y: 0, yanchor: "top", itemclick: false, itemdoubleclick: false },
    xaxis: { range: [-width / 2, width / 2], visible: false, fixedrange: true },
    yaxis: { range: [-tall, tall], visible: false, fixedrange: true },
  }) };
}

const CHARTS = {
  main: mainChart, pressure: pressureChart, support: supportChart, contact: contactChart, ladder: ladderChart, network: networkChart,
};

function draw(place) {
  const width = place.clientWidth;
  const chart = CHARTS[place.dataset.chart](RUN.negotiations[place.dataset.talks], width);
  chart.layout.width = width;
  return Plotly.react(place, chart.data, chart.layout, { displayModeBar: false, displaylogo: false, scrollZoom: false });
}

/* Draw the charts one after the other; the page stays responsive in between. */
async function drawAll() {
  delete document.documentElement.dataset.drawn;
  for (const place of document.querySelectorAll("[data-chart]")) {
    await draw(place);
    await new Promise((resolve) => setTimeout(resolve));
  }
  document.documentElement.dataset.drawn = "yes";
}

let redrawTimer = 0;
let lastWidth = window.innerWidth;

function scheduleRedraw() {
  clearTimeout(redrawTimer);
  redrawTimer = setTimeout(drawAll, 150);
}

document.getElementById("network-round").addEventListener("input", (event) => {
  const round = Number(event.target.value);
  document.getElementById("network-shown").textContent = round ? `round ${round}` : "whole run";
  draw(document.querySelector("[data-chart=network]"));
});
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", scheduleRedraw);
window.addEventListener("resize", () => {
  if (window.innerWidth !== lastWidth) scheduleRedraw();
  lastWidth = window.innerWidth;
});
drawAll();

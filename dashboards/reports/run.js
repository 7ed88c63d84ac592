/* Build the charts of a report from the JSON block in the page. */
"use strict";

const RUN = JSON.parse(document.getElementById("run").textContent);
const LAST_ROUND = RUN.rounds;

const cssColour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const number = (value) => String(Number(value.toPrecision(4))).replace("-", "−");

/* Create an element. Strings become text nodes, never markup. */
function createElement(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.map((child) => (child instanceof Node ? child : String(child))));
  return element;
}

/* Return a table that is stored by column as a list of rows. */
function rowsOf(table) {
  const names = Object.keys(table);
  return table[names[0]].map((_, at) => Object.fromEntries(names.map((name) => [name, table[name][at]])));
}

/* Plotly interprets some markup, so text from a scenario is shortened and then escaped. */
function escapeMarkup(text) {
  return String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

function shortLabel(text, limit = 48) {
  const letters = [...String(text)];
  return escapeMarkup(letters.length > limit ? `${letters.slice(0, limit - 1).join("")}…` : text);
}

/* Wrap a label to lines of `width` characters, at most three lines. */
function wrapLabel(text, width) {
  const lines = [""];
  for (const word of String(text).split(/\s+/)) {
    const last = lines[lines.length - 1];
    if (last && last.length + word.length + 1 > width) lines.push(word);
    else lines[lines.length - 1] = last ? `${last} ${word}` : word;
  }
  const shown = lines.slice(0, 3).map((line) => shortLabel(line, width + 4));
  return shown.join("<br>") + (lines.length > 3 ? "…" : "");
}

function baseLayout(extra) {
  const text = { family: "system-ui, sans-serif", size: 12, color: cssColour("ink") };
  return {
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: text, dragmode: false,
    margin: { l: 48, r: 10, t: 8, b: 44 }, hovermode: "x unified", showlegend: true,
    hoverlabel: { bgcolor: cssColour("card"), bordercolor: cssColour("edge"), font: text, namelength: -1 },
    legend: { orientation: "h", x: 0, xanchor: "left", y: 1, yanchor: "bottom", itemclick: false, itemdoubleclick: false },
    ...extra,
  };
}

function roundAxis(extra = {}) {
  const step = [1, 2, 3, 6, 12, 24, 60, 120].find((each) => LAST_ROUND / each <= 12) || 240;
  return {
    range: [-0.5, LAST_ROUND + 0.5], dtick: step, tick0: 0, fixedrange: true, zeroline: false, showgrid: false,
    linecolor: cssColour("edge"), showline: true, ticks: "outside", tickcolor: cssColour("edge"), hoverformat: "d",
    title: { text: "round (month)", standoff: 8 }, ...extra,
  };
}

function valueAxis(title, top = 1, extra = {}) {
  return {
    range: [-0.03 * top, 1.05 * top], fixedrange: true, zeroline: false, gridcolor: cssColour("rule"),
    title: { text: title, standoff: 6 }, nticks: 5, hoverformat: ".2f", ...extra,
  };
}

function line(values, name, colour, dash, extra = {}) {
  return {
    x: values.map((_, round) => round), y: values, name: shortLabel(name), mode: "lines", type: "scatter",
    line: { color: cssColour(colour), dash, width: 2.2 }, ...extra,
  };
}

function eventLines() {
  const eventLine = (round) => ({
    type: "line", xref: "x", yref: "paper", x0: round, x1: round, y0: 0, y1: 1, layer: "below",
    line: { color: cssColour("edge"), width: 1.2, dash: "dot" },
  });
  return RUN.events.slice(0, 60).map(eventLine);
}

/* Trust, tension and deal progress, one above the other, with a common axis of rounds. */
function mainChart(talks) {
  const { series, first, second } = talks;
  const data = [
    line(series.trust_first, `trust, ${first} in ${second}`, "trust_first", RUN.dashes.trust_first),
    line(series.trust_second, `trust, ${second} in ${first}`, "trust_second", RUN.dashes.trust_second),
    line(series.tension, "tension", "tension", RUN.dashes.tension, { yaxis: "y2" }),
    line(series.deal_progress, "deal progress", "deal_progress", RUN.dashes.deal_progress, { yaxis: "y3" }),
  ];
  data[3].line.shape = "hv";
  return { data, layout: baseLayout({
    height: 620, shapes: eventLines(), hoversubplots: "axis",
    xaxis: roundAxis({ anchor: "y3" }),
    yaxis: valueAxis("trust (0 to 1)", 1, { domain: [0.69, 1] }),
    yaxis2: valueAxis(`tension (0 to ${RUN.ceiling})`, RUN.ceiling, { domain: [0.345, 0.655] }),
    yaxis3: valueAxis("progress (share of stake)", 1, { domain: [0, 0.31] }),
  }) };
}

function pressureChart({ series }) {
  const data = [
    line(series.pressure, "pressure", "pressure", "dash"),
    line(series.programme, "programme", "programme", "solid"),
  ];
  return { data, layout: baseLayout({ height: 260, xaxis: roundAxis(), yaxis: valueAxis("level (0 to 1)") }) };
}

function supportChart({ series, first, second }) {
  const data = [
    line(series.support_first, first, "trust_first", "solid", { name: shortLabel(first, 26) }),
    line(series.support_second, second, "trust_second", "dash", { name: shortLabel(second, 26) }),
  ];
  return { data, layout: baseLayout({ height: 260, xaxis: roundAxis(), yaxis: valueAxis("support (0 to 1)") }) };
}

function contactChart({ series }) {
  const bar = {
    type: "bar", x: series.contact.map((_, round) => round), y: series.contact, name: "talks held",
    marker: { color: cssColour("contact"), line: { width: 0 } }, showlegend: false, width: 0.8, hoverinfo: "x+text",
    text: series.contact.map((held) => (held ? "talks held" : "no talks")), textposition: "none",
  };
  const yaxis = { range: [0, 1.05], tickvals: [0, 1], ticktext: ["no", "yes"], fixedrange: true, title: { text: "talks held" } };
  return { data: [bar], layout: baseLayout({ height: 260, xaxis: roundAxis(), yaxis: { ...valueAxis("", 1), ...yaxis } }) };
}

/* One row per rung: its title above a bar whose segments are the statuses. */
function ladderChart({ ladder }, width) {
  const spans = ladder.flatMap((rung, row) => rung.spans.map((span) => ({ rung, row, ...span })));
  const trace = (status) => {
    const own = spans.filter((span) => span.status === status);
    const { label: statusLabel, pattern, pale } = RUN.statuses[status];
    return {
      type: "bar", orientation: "h", name: statusLabel, base: own.map((s) => s.first - 0.5),
      x: own.map((s) => s.last - s.first + 1), y: own.map((s) => s.row), width: 0.44,
      marker: {
        color: cssColour(`status${status}`), line: { color: cssColour("card"), width: 1 },
        pattern: { shape: pattern, size: 7, solidity: 0.22, fgcolor: cssColour("card"), fillmode: "overlay" },
      },
      text: own.map(() => statusLabel), textposition: "inside", insidetextanchor: "start", textangle: 0,
      insidetextfont: { color: cssColour(pale ? "ink" : "card") }, hoverinfo: "text",
      hovertext: own.map((s) => `${shortLabel(s.rung.title, 60)}<br>${statusLabel}, rounds ${s.first} to ${s.last}`),
    };
  };
  const used = [...new Set(spans.map((span) => span.status))].sort((a, b) => a - b);
  const titles = ladder.map((rung, row) => ({
    text: shortLabel(`${row + 1}. ${rung.title}`, Math.max(Math.floor((width - 40) / 6.8), 20)), x: 0, xref: "paper",
    xanchor: "left", y: row - 0.36, yref: "y", showarrow: false, yanchor: "middle", xshift: -4, bgcolor: cssColour("card"), borderpad: 1,
  }));
  return { data: used.map(trace), layout: baseLayout({
    height: 130 + 54 * ladder.length, barmode: "overlay", hovermode: "closest", annotations: titles,
    margin: { l: 12, r: 10, t: 8, b: 44 }, uniformtext: { mode: "hide", minsize: 10 }, shapes: eventLines(), xaxis: roundAxis(),
    yaxis: { range: [ladder.length - 0.65, -0.65], visible: false, fixedrange: true },
  }) };
}

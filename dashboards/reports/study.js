/* Draw the charts of an analysis from the JSON block in the page, and again when the theme changes. */
"use strict";

const CHARTS = JSON.parse(document.getElementById("charts").textContent);
const cssColour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

function drawAll() {
  const axis = { color: cssColour("ink"), gridcolor: cssColour("rule"), linecolor: cssColour("rule"), zeroline: false, automargin: true };
  for (const [place, chart] of Object.entries(CHARTS)) {
    const layout = {
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", margin: { l: 60, r: 20, t: 10, b: 50 },
      font: { family: "system-ui, sans-serif", size: 13, color: cssColour("ink") }, legend: { orientation: "h", y: 1.1 },
      ...chart.layout, xaxis: { ...axis, ...chart.layout.xaxis }, yaxis: { ...axis, ...chart.layout.yaxis },
    };
    if (layout.height) document.getElementById(`chart-${place}`).style.height = `${layout.height}px`;
    Plotly.react(`chart-${place}`, chart.data, layout, { displayModeBar: false, responsive: true });
  }
  document.documentElement.dataset.drawn = "yes";
}

drawAll();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);

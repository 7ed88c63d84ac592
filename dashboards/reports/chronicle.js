/* Build the chronicle of a report and the tables beside its charts. Rows are created on demand, from text only. */
"use strict";

const CHRONICLE = RUN.chronicle;
const ROWS_PER_STEP = 200;
const ROWS = rowsOf(CHRONICLE.rows);
const searchTexts = CHRONICLE.sentences.map((sentence) => sentence.toLowerCase());
const hasSeveral = CHRONICLE.negotiations.length > 1;
const byId = (name) => document.getElementById(name);
let found = [];
let shown = 0;

/* ---- Tables beside the charts, built when first opened ---- */

function buildTable(headings, rows, description) {
  const head = createElement("tr", {}, ...headings.map((heading) => createElement("th", { scope: "col" }, heading)));
  const body = rows.map(([first, ...rest]) => createElement("tr", {}, createElement("th", { scope: "row" }, first), ...rest.map((cell) => createElement("td", {}, cell))));
  const element = createElement("table", {}, createElement("thead", {}, head), createElement("tbody", {}, ...body));
  return createElement("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": description }, element);
}

function fillWhenOpened(details, build) {
  details.addEventListener("toggle", () => {
    if (details.open && details.childElementCount === 1) details.append(build());
  });
}

function numbersTable(place) {
  const { series, first, second, title } = RUN.negotiations[place];
  const labels = {
    trust_first: `trust, ${first} in ${second}`, trust_second: `trust, ${second} in ${first}`, tension: "tension",
    deal_progress: "deal progress", pressure: "pressure", programme: "programme", contact: "contact",
    support_first: `support, ${first}`, support_second: `support, ${second}`, uncertainty: "uncertainty",
    misperception: "misperception", breaches: "breaches",
  };
  const names = Object.keys(labels);
  const rows = series.tension.map((_, round) => [round, ...names.map((name) => number(series[name][round]))]);
  return buildTable(["round", ...names.map((name) => labels[name])], rows, `Values of ${title}, by round`);
}

function networkTable() {
  const rows = edgesOf(0).map((edge) => [nameOf(edge.sender), nameOf(edge.receiver), edge.count, number(edge.mean), edge.kindCounts.join(", ")]);
  return buildTable(["from", "to", "messages", "mean strength", "kinds and counts"], rows, "Messages of the whole run, by sender and receiver");
}

for (const details of document.querySelectorAll("[data-numbers]")) fillWhenOpened(details, () => numbersTable(details.dataset.numbers));
for (const details of document.querySelectorAll("[data-messages]")) fillWhenOpened(details, networkTable);

/* ---- Details of a row ---- */

function termBar(value, largest) {
  const width = largest > 0 ? (50 * Math.abs(value)) / largest : 0;
  const mark = createElement("i", value < 0 ? { class: "against" } : {});
  mark.style.left = `${value < 0 ? 50 - width : 50}%`;
  mark.style.width = `${width}%`;
  return createElement("span", { class: "term", "aria-hidden": "true" }, mark);
}

function conditionDetails({ terms, score, threshold, holds }, meanings) {
  const largest = Math.max(...terms.map(Math.abs), 0);
  const rows = terms.map((value, place) => {
    const { name, meaning } = meanings.terms[place] || { name: `term ${place + 1}`, meaning: "" };
    return createElement("tr", {}, createElement("td", {}, `${name.replace(/_/g, " ")}: ${meaning}`), createElement("td", { class: "number" }, number(value)), createElement("td", {}, termBar(value, largest)));
  });
  const verdict = `${holds ? "Holds" : "Does not hold"}: the sum ${number(score)} ${score >= threshold ? "reaches" : "is below"} the threshold ${number(threshold)}.`;
  return [createElement("h3", {}, meanings.meaning), createElement("p", {}, verdict), createElement("table", {}, createElement("tbody", {}, ...rows))];
}

function levelDetails(decided, meanings) {
  const [heading, , sum] = conditionDetails(decided, meanings);
  return [heading, createElement("p", {}, `The sum, ${number(decided.score)}, is the new level, limited to its range.`), sum];
}

function messageDetails({ channel, strength, cost, meant, perceived }) {
  const text = `Channel ${channel}; strength ${number(strength)}, intended ${number(meant)}, perceived ${number(perceived)}, on a scale from −10 to +10; cost to the sender ${number(cost)}.`;
  return [createElement("p", {}, text)];
}

function rowDetails(row) {
  const { conditions } = CHRONICLE.acts[row.act];
  if (row.signal) return messageDetails(row.signal);
  const details = CHRONICLE.groups[row.group].key === "levels" ? levelDetails : conditionDetails;
  return row.conditions.flatMap((decided, place) => details(decided, conditions[place] || { meaning: "condition", terms: [] }));
}

/* ---- The rows ---- */

function buildRow(row) {
  const event = createElement("td");
  if (row.signal || row.conditions.length) {
    const details = createElement("details", {}, createElement("summary", {}, CHRONICLE.sentences[row.sentence]));
    fillWhenOpened(details, () => createElement("div", { class: "opened" }, ...rowDetails(row)));
    event.append(details);
  } else {
    event.append(createElement("span", { class: "closed" }, CHRONICLE.sentences[row.sentence]));
  }
  const where = createElement("td", { class: "where" }, CHRONICLE.negotiations[row.negotiation] || "");
  return createElement("tr", {}, createElement("td", {}, row.round), ...(hasSeveral ? [where] : []), event);
}

function showMore() {
  const next = found.slice(shown, shown + ROWS_PER_STEP);
  byId("rows").append(...next.map(buildRow));
  shown += next.length;
  const rest = found.length - shown;
  byId("count").textContent = found.length ? `Showing ${shown} of ${found.length} rows.` : "No matching rows.";
  byId("more").hidden = rest === 0;
  byId("more").textContent = `Show ${Math.min(rest, ROWS_PER_STEP)} more`;
}

function applyFilter() {
  const text = byId("find").value.trim().toLowerCase();
  const from = Number(byId("from").value) || 0;
  const to = Number(byId("to").value) || Infinity;
  const wanted = new Set([...document.querySelectorAll("#groups input:checked")].map((box) => Number(box.value)));
  const matching = CHRONICLE.negotiations.map((name) => name.toLowerCase().includes(text));
  const matches = (row) => searchTexts[row.sentence].includes(text) || matching[row.negotiation] || CHRONICLE.acts[row.act].name.includes(text);
  found = ROWS.filter((row) => wanted.has(row.group) && row.round >= from && row.round <= to && (!text || matches(row)));
  shown = 0;
  byId("rows").replaceChildren();
  showMore();
}

function groupBox({ key, label }, group) {
  const count = ROWS.filter((row) => row.group === group).length, always = key === "events";
  const box = createElement("input", { type: "checkbox", value: group, ...(always ? { checked: "" } : {}) });
  return count || always ? createElement("label", {}, box, `${label} (${count})`) : "";
}

function showRound(event) {
  byId("filters").reset();
  byId("from").value = byId("to").value = event.currentTarget.dataset.round;
  applyFilter();
  byId("chronicle").scrollIntoView();
  byId("find").focus({ preventScroll: true });
}

if (byId("filters")) {
  byId("groups").append(...CHRONICLE.groups.map(groupBox));
  let filterTimer = 0;
  byId("filters").addEventListener("input", () => {
    clearTimeout(filterTimer);
    filterTimer = setTimeout(applyFilter, 120);
  });
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("filters").addEventListener("reset", () => setTimeout(applyFilter));
  byId("more").addEventListener("click", showMore);
  for (const button of document.querySelectorAll("button[data-round]")) button.addEventListener("click", showRound);
  applyFilter();
}

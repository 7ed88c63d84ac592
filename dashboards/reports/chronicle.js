/* The chronicle of a report and its tables: rows are made when they are asked for, from text only. */
"use strict";

const TOLD = RUN.chronicle;
const PAGE = 200;
const ROWS = rowsOf(TOLD.rows);
const searched = TOLD.sentences.map((sentence) => sentence.toLowerCase());
const several = TOLD.negotiations.length > 1;
const field = (name) => document.getElementById(name);
let found = [];
let shown = 0;

/* ---- Tables beside the charts, made when first opened ---- */

function table(headings, rows, says) {
  const head = make("tr", {}, ...headings.map((heading) => make("th", { scope: "col" }, heading)));
  const body = rows.map(([first, ...rest]) => make("tr", {}, make("th", { scope: "row" }, first), ...rest.map((cell) => make("td", {}, cell))));
  const whole = make("table", {}, make("thead", {}, head), make("tbody", {}, ...body));
  return make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": says }, whole);
}

function onFirstOpening(details, fill) {
  details.addEventListener("toggle", () => {
    if (details.open && details.childElementCount === 1) details.append(fill());
  });
}

function numbersTable(place) {
  const { series, first, second, title } = RUN.negotiations[place];
  const says = {
    trust_first: `trust, ${first} in ${second}`, trust_second: `trust, ${second} in ${first}`, tension: "tension",
    deal_progress: "deal progress", pressure: "pressure", programme: "programme", contact: "contact",
    support_first: `support, ${first}`, support_second: `support, ${second}`, uncertainty: "uncertainty",
    misperception: "misperception", breaches: "breaches",
  };
  const names = Object.keys(says);
  const rows = series.tension.map((_, round) => [round, ...names.map((name) => number(series[name][round]))]);
  return table(["round", ...names.map((name) => says[name])], rows, `The numbers of ${title}, round by round`);
}

function networkTable() {
  const rows = edgesOf(0).map((edge) => [nameOf(edge.sender), nameOf(edge.receiver), edge.count, number(edge.mean), edge.told.join(", ")]);
  return table(["from", "to", "messages", "mean strength", "kinds and counts"], rows, "Messages of the whole run by sender and receiver");
}

for (const details of document.querySelectorAll("[data-numbers]")) onFirstOpening(details, () => numbersTable(details.dataset.numbers));
for (const details of document.querySelectorAll("[data-messages]")) onFirstOpening(details, networkTable);

/* ---- What a row opens to ---- */

function bar(value, largest) {
  const width = largest > 0 ? (50 * Math.abs(value)) / largest : 0;
  const mark = make("i", value < 0 ? { class: "against" } : {});
  mark.style.left = `${value < 0 ? 50 - width : 50}%`;
  mark.style.width = `${width}%`;
  return make("span", { class: "term", "aria-hidden": "true" }, mark);
}

function condition({ terms, score, threshold, holds }, meant) {
  const largest = Math.max(...terms.map(Math.abs), 0);
  const rows = terms.map((value, place) => {
    const { name, meaning } = meant.terms[place] || { name: `term ${place + 1}`, meaning: "" };
    return make("tr", {}, make("td", {}, `${name.replace(/_/g, " ")}: ${meaning}`), make("td", { class: "number" }, number(value)), make("td", {}, bar(value, largest)));
  });
  const verdict = `${holds ? "Holds" : "Does not hold"}: the sum ${number(score)} ${score >= threshold ? "reaches" : "stays below"} the threshold ${number(threshold)}.`;
  return [make("h3", {}, meant.meaning), make("p", {}, verdict), make("table", {}, make("tbody", {}, ...rows))];
}

function level(held, meant) {
  const [heading, , sum] = condition(held, meant);
  return [heading, make("p", {}, `The sum, ${number(held.score)}, is the level itself, within its bounds.`), sum];
}

function message({ channel, strength, cost, meant, perceived }) {
  const says = `Channel ${channel}; strength ${number(strength)}, meant ${number(meant)}, perceived ${number(perceived)}, on a scale from −10 to +10; cost to the sender ${number(cost)}.`;
  return [make("p", {}, says)];
}

function opened(row) {
  const { conditions } = TOLD.acts[row.act];
  if (row.signal) return message(row.signal);
  const one = TOLD.groups[row.group].key === "levels" ? level : condition;
  return row.conditions.flatMap((held, place) => one(held, conditions[place] || { meaning: "condition", terms: [] }));
}

/* ---- The rows ---- */

function rowOf(row) {
  const what = make("td");
  if (row.signal || row.conditions.length) {
    const details = make("details", {}, make("summary", {}, TOLD.sentences[row.sentence]));
    onFirstOpening(details, () => make("div", { class: "opened" }, ...opened(row)));
    what.append(details);
  } else {
    what.append(make("span", { class: "closed" }, TOLD.sentences[row.sentence]));
  }
  const where = make("td", { class: "where" }, TOLD.negotiations[row.negotiation] || "");
  return make("tr", {}, make("td", {}, row.round), ...(several ? [where] : []), what);
}

function showMore() {
  const next = found.slice(shown, shown + PAGE);
  field("rows").append(...next.map(rowOf));
  shown += next.length;
  const rest = found.length - shown;
  field("count").textContent = found.length ? `Showing ${shown} of ${found.length} rows.` : "No row matches.";
  field("more").hidden = rest === 0;
  field("more").textContent = `Show ${Math.min(rest, PAGE)} more`;
}

function filter() {
  const text = field("find").value.trim().toLowerCase();
  const from = Number(field("from").value) || 0;
  const to = Number(field("to").value) || Infinity;
  const wanted = new Set([...document.querySelectorAll("#groups input:checked")].map((box) => Number(box.value)));
  const places = TOLD.negotiations.map((name) => name.toLowerCase().includes(text));
  const matches = (row) => searched[row.sentence].includes(text) || places[row.negotiation] || TOLD.acts[row.act].name.includes(text);
  found = ROWS.filter((row) => wanted.has(row.group) && row.round >= from && row.round <= to && (!text || matches(row)));
  shown = 0;
  field("rows").replaceChildren();
  showMore();
}

function groupBox({ key, label: says }, group) {
  const count = ROWS.filter((row) => row.group === group).length, always = key === "events";
  const box = make("input", { type: "checkbox", value: group, ...(always ? { checked: "" } : {}) });
  return count || always ? make("label", {}, box, `${says} (${count})`) : "";
}

function goTo(event) {
  field("filters").reset();
  field("from").value = field("to").value = event.currentTarget.dataset.round;
  filter();
  field("chronicle").scrollIntoView();
  field("find").focus({ preventScroll: true });
}

if (field("filters")) {
  field("groups").append(...TOLD.groups.map(groupBox));
  let pause = 0;
  field("filters").addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(filter, 120);
  });
  field("filters").addEventListener("submit", (event) => event.preventDefault());
  field("filters").addEventListener("reset", () => setTimeout(filter));
  field("more").addEventListener("click", showMore);
  for (const button of document.querySelectorAll("button[data-round]")) button.addEventListener("click", goTo);
  filter();
}

// Shared drawing: names, facts, the ladder, charts, the story, outcome bars. All from JSON data, all as text.
import "./line_chart.js";
import { el, formatClock, formatNumber, formatPercent, hasText, localized, svg, t } from "./core.js";

const SHAPES = { // the dashboard's marks for the status of a rung, in a box of 16 around the centre
  IDLE: "M0-6a6 6 0 1 0 .01 0zM0-3.5a3.5 3.5 0 1 1-.01 0z",
  PROPOSED: "M-5.5-7.5H2L5.5-4V7.5H-5.5zM-3-3V-1.6H3V-3zM-3 0V1.4H3V0zM-3 3V4.4H3V3z",
  SCRUTINISED: "M-7.5 0L-4.7-2.8L-2-.1L4.7-6.5L7.5-3.7L-2 5.8z",
  RATIFIED: "M0-7.5L7.5 0L0 7.5L-7.5 0z",
  IMPLEMENTING: "M0-6.5a6.5 6.5 0 1 0 .01 0zM0-4.2a4.2 4.2 0 0 0 0 8.4z",
  VERIFIED: "M0-7.5a7.5 7.5 0 1 0 .01 0zM-4.6 0L-3.1-1.5L-1.2 .4L3.1-3.9L4.6-2.4L-1.2 3.4z",
  BREACHED: "M-2.2-7.5H2.2L1.4 2H-1.4zM-2 3.8H2V7.5H-2z",
  SUSPENDED: "M-5.5-6.5H-1.6V6.5H-5.5zM1.6-6.5H5.5V6.5H1.6z",
  SNAPPED: "M7.5-2.5H0V-6.5L-7.5 0L0 6.5V2.5H7.5z",
  COLLAPSED: "M-6.5-4L-4-6.5L0-2.5L4-6.5L6.5-4L2.5 0L6.5 4L4 6.5L0 2.5L-4 6.5L-6.5 4L-2.5 0z",
};
export const STATUSES = Object.keys(SHAPES);
export const OUTCOMES = ["comprehensive_deal", "partial_arrangement", "managed_contact", "breakdown"];

let names = {};
let scenario = "";
let steps = {}; // the number of each rung on its ladder, by its id

/** Set the names of actors, negotiations and rungs, and number the rungs; the classroom's own translation takes precedence. */
export function setNames(view) {
  names = view.names || {};
  scenario = view.scenario?.id || scenario;
  if (view.ladder) steps = Object.fromEntries(view.ladder.flatMap(({ rungs }) => rungs.map(({ id }, place) => [id, place + 1])));
}

/** Return the name of an actor, a negotiation (`nuclear`), or a rung of it (`nuclear/cameras`). */
export function nameOf(id) {
  if (id === null || id === undefined) return "";
  const [talks, rung] = String(id).split("/");
  const places = rung
    ? [`negotiations.${talks}.rungs.${rung}.title`]
    : [...["states", "facilitators", "bodies", "spoilers"].map((role) => `${role}.${id}.name`), `negotiations.${id}.title`];
  const found = places.map((place) => `scenario.${scenario}.${place}`).find(hasText);
  if (found) return t(found);
  if (rung && rung.includes("+")) {
    const parts = rung.split("+").map((each) => nameOf(`${talks}/${each}`));
    return parts.reduce((first, second) => t("status.bundled", { first, second }));
  }
  return localized(names[id]) || id;
}

/** Return a text of the scenario in this language, else as the scenario has it. */
export const scenarioText = (own, place) => localized(own, `scenario.${scenario}.${place}`);

const named = (ids = {}) => Object.fromEntries(Object.entries(ids).map(([role, id]) => (
  [role, role === "service" ? t(`service.${id}`) : nameOf(id)])));

/** Translate a key with numbers that are ready for display and names that are ids. */
export const phrase = (key, { numbers = {}, names: ids = {} } = {}) => t(key, { ...numbers, ...named(ids) });

/** Return the label of a verb, and of one of its options. */
export const verbLabel = (verb) => t(`verb.${verb.act}`, named(verb.names));
export const optionLabel = (verb, option) => t(`option.${(verb.act || verb).split(":")[0]}.${option}`);

/** Describe a decision, given as the id of a verb and an option. */
export function describeDecision({ verb, option }) {
  const [act, ...rest] = verb.split(":");
  const about = act === "task" ? `${t(`service.${rest[1]}`)}` : act === "report" ? `${t("act.report")}, ${nameOf(rest[1])}` : t(`act.${act}`);
  return `${about}: ${t(`option.${act}.${option}`)}`;
}

/** List facts, each labelled as a cost, a risk or a gain. */
export function factList(list) {
  if (!list.length) return null;
  return el("ul", { class: "facts" }, list.map((fact) => el("li", { class: fact.kind },
    fact.kind === "note" ? "" : el("b", {}, t(`kind.${fact.kind}`), " "), phrase(fact.key, fact))));
}

/** Draw a ladder: the mark, title and status of each rung, and what each side gives. */
export function ladderView(talks, several, brief = false) {
  const rungs = talks.rungs.map((rung) => {
    const status = rung.status.toLowerCase();
    const gives = Object.entries(rung.gives || {}).map(([party, own]) => {
      const what = scenarioText(own, `negotiations.${talks.talks}.rungs.${rung.rung}.parties.${party}.gives`);
      return what ? `${nameOf(party)}: ${what}` : "";
    }).filter(Boolean);
    return el("li", { class: `rung ${status}${rung.in_play ? " now" : ""}`, "aria-current": rung.in_play ? "step" : null },
      mark(rung.status),
      el("div", {}, el("b", {}, nameOf(rung.id)), " ", el("span", { class: "muted" }, t(`status.${rung.status}`))),
      gives.length && !brief ? el("details", { class: "muted", "data-fold": `gives ${rung.id}` },
        el("summary", { "data-key": rung.id }, t("ladder.gives")), gives.map((line) => el("p", {}, line))) : null);
  });
  return el("div", { class: "stack" }, several ? el("h3", {}, nameOf(talks.talks)) : null, el("ol", { class: "ladder" }, rungs));
}

function mark(status) {
  return svg("svg", { viewBox: "-8 -8 16 16", "aria-hidden": "true" }, svg("path", { d: SHAPES[status] }));
}

/** Return one row of the story in this language, else in the server's English. */
export function storyLine(row) {
  if (row.act === "event" && !row.kind) return scenarioText(row.text, `events.${row.text.en}`);
  const key = row.act === "event" ? `event.${row.kind}` : `story.${row.act}.${Math.round(row.value)}`;
  if (!hasText(key)) return row.sentence;
  return t(key, { step: steps[row.rung], ...named({ actor: row.actor, counterpart: row.counterpart, rung: row.rung, talks: row.talks }) });
}

const NARROW = matchMedia("(max-width: 600px)");

/** List rows of the story, each with its month. */
export function storyList(rows) {
  return el("ol", { class: "feed" }, rows.map((row) =>
    el("li", {}, el("span", { class: "muted number" }, t("play.month_of", { month: row.month })), " ", storyLine(row))));
}

/** List messages with sender, receiver and text. */
export function messageList(messages) {
  return el("ul", { class: "feed" }, messages.map((message) => {
    const ends = { actor: nameOf(message.from), counterpart: message.to === "all" ? t("play.everyone") : nameOf(message.to) };
    return el("li", {},
      el("p", { class: "muted" }, t("play.message_from", ends), " (", el("bdi", {}, message.name), ")"),
      el("p", { dir: "auto" }, message.text));
  }));
}

/** Draw lines over the months. `lines`: {label, look, values}; `top`: the largest value of the axis. */
export function lineChart(title, lines, { top = 1, marks = [], at = null } = {}) {
  const [width, height] = [NARROW.matches ? 340 : 560, 190]; // keeps labels legible on a phone
  const months = Math.max(1, ...lines.map(({ values }) => (at ? at[values.length - 1] : values.length - 1)));
  const step = Math.max(1, Math.ceil(months / 6));
  const { shapes } = globalThis.detLineChart({
    width, height, left: 38, right: 8, top: 8, bottom: 22, rounds: months, high: top,
    ticks: [0, 0.5, 1].map((part) => [part * top, top === 1 ? formatPercent(part) : formatNumber(part * top)]),
    along: Array.from({ length: Math.floor(months / step) + 1 }, (_, place) => [place * step, formatNumber(place * step)]),
    marks: marks.filter(({ month }) => month <= months).map(({ month }) => ({ round: month, look: { class: "mark" } })),
    lines: lines.map(({ look, values }) => ({ values, at, look: { class: `c-${look}`, "stroke-dasharray": DASHES[look] } })),
  });
  const drawn = shapes.map(([tag, attributes, text = null]) => svg(tag, attributes, text));
  const summary = lines.map(({ label: line, values }) => t("chart.summary", { name: line, first: values[0], last: values.at(-1) }));
  return el("figure", { class: "chart" },
    el("figcaption", {}, el("h3", {}, title), legend(lines)),
    svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": summary.join(" ") }, ...drawn));
}

const DASHES = { first: null, second: "7 4", tension: "12 3", progress: "3 3", agents: "2 4" };

function legend(lines) {
  return el("ul", { class: "legend" }, lines.map(({ label: line, look, values }) => el("li", {},
    svg("svg", { viewBox: "0 0 28 8", "aria-hidden": "true" }, svg("path", { class: `c-${look}`, d: "M0 4H28", "stroke-dasharray": DASHES[look] })),
    el("span", {}, line), values.length ? el("b", { class: "number" }, formatNumber(values.at(-1))) : null)));
}

/** Draw the public indicators of one negotiation: tension and deal progress. */
export function publicChart(charts, talks, title, more = []) {
  const own = charts.talks[talks];
  const top = Math.max(1, charts.ceiling || 1);
  return lineChart(title, [
    { label: t("chart.tension"), look: "tension", values: own.tension },
    { label: t("chart.deal_progress"), look: "progress", values: own.deal_progress },
    ...more,
  ], { top: Math.max(...own.tension) > 1 ? top : 1, marks: charts.marks });
}

/** Draw the trust of the parties in each other, as far as it is visible. */
export function trustChart(trust, parties) {
  const lines = Object.entries(trust || {}).flatMap(([one, others]) =>
    Object.entries(others).map(([other, values]) => ({ one, other, values })));
  const own = lines.filter(({ one, other }) => parties.includes(one) && parties.includes(other));
  if (!own.length) return [];
  return [lineChart(t("chart.trust"), own.map(({ one, other, values }, place) => ({
    label: t("chart.trust_first", { first: nameOf(one), second: nameOf(other) }), look: place ? "second" : "first", values,
  })))];
}

/** Return a note on a lesson that an earlier model made; null for others. */
export const modelNote = ({ other_model: version }) => (version ? el("p", { class: "info" }, t("play.other_model", { version })) : null);

/** Draw a probability for each outcome as a bar. */
export function outcomeBars(chances, whole = 100) {
  return el("ul", { class: "outcomes" }, OUTCOMES.map((outcome) => {
    const part = (chances[outcome] || 0) / whole;
    const bar = el("i");
    bar.style.width = `${100 * part}%`;
    return el("li", {}, el("div", { class: "row between" }, el("span", {}, t(`outcome.${outcome}`)), el("b", { class: "number" }, formatPercent(part))),
      el("span", { class: "bar", "aria-hidden": "true" }, bar));
  }));
}

/** Run a countdown; returns a function that synchronises it with the server's clock. `onTick` is called with the seconds left. */
export function startClock(place, onTick = () => {}) {
  let left = null, at = 0, running = false;
  const show = () => {
    place.hidden = left === null;
    if (left === null) return;
    const now = running ? left - (performance.now() - at) / 1000 : left;
    place.textContent = now > 0 ? formatClock(now) : t("play.late");
    place.classList.toggle("late", now <= 10);
    if (running) onTick(now);
  };
  setInterval(show, 250);
  return (clockNow) => {
    left = clockNow && clockNow.seconds ? clockNow.left : null;
    running = Boolean(clockNow?.running);
    at = performance.now();
    show();
  };
}

/** Draw a role card. */
export function roleCard(card) {
  const groups = [["interests", "role.goal"], ["home", "role.home"], ["private", "role.know"]];
  const role = { state: "states", facilitator: "facilitators", body: "bodies" }[card.kind];
  const narrative = scenarioText(card.narrative, `${role}.${card.seat}.narrative`);
  const made = [
    el("h2", {}, nameOf(card.seat)), el("p", { class: "muted" }, t(`role.${card.kind}`)),
    el("p", {}, t(`role.goal_${card.kind}`)),
    narrative ? [el("h3", {}, t("role.story")), el("p", {}, narrative)] : null,
  ];
  for (const [group, title] of groups) {
    if (card[group]?.length) made.push(el("h3", {}, t(title)), factList(card[group]));
  }
  if (card.rungs?.length) {
    const several = new Set(card.rungs.map((rung) => rung.talks)).size > 1;
    made.push(el("h3", {}, t("play.ladder")), el("ol", { class: "plain" }, card.rungs.map((rung) => {
      const place = `negotiations.${rung.talks}.rungs.${rung.rung}`;
      const gives = Object.entries(rung.gives || {}).map(([party, own]) => `${nameOf(party)}: ${scenarioText(own, `${place}.parties.${party}.gives`)}`);
      const title = scenarioText(rung.title, `${place}.title`) || nameOf(`${rung.talks}/${rung.rung}`);
      return el("li", {}, el("b", {}, several ? `${nameOf(rung.talks)}: ${title}` : title), gives.map((line) => el("div", { class: "muted" }, line)),
        rung.burden ? el("div", { class: "muted" }, phrase(rung.burden.key, rung.burden)) : null);
    })));
  }
  return made.flat().filter(Boolean);
}

/** Return how many people have joined. */
export const joinedCount = (count = 0) => (count > 1 ? t("screen.joined", { count }) : t(count ? "screen.joined_one" : "screen.joined_none"));

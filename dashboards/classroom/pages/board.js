// What several pages draw: names, facts, the ladder, charts, the story, and bets. All of it from plain data, all as text.
import "./line_chart.js";
import { clock, el, known, number, say, shape, share, written } from "./core.js";

const SHAPES = { // the dashboard's own marks for the status of a rung, in a box of 16 about the middle
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

/** Remember how actors, talks and rungs of the view are called; the classroom's own translation comes first. */
export function call(view) {
  names = view.names || {};
  scenario = view.scenario?.id || scenario;
}

/** Name an actor, a negotiation (`nuclear`), or a rung of it (`nuclear/cameras`). */
export function name(id) {
  if (id === null || id === undefined) return "";
  const [talks, rung] = String(id).split("/");
  const places = rung
    ? [`negotiations.${talks}.rungs.${rung}.title`]
    : [...["states", "facilitators", "bodies", "spoilers"].map((role) => `${role}.${id}.name`), `negotiations.${id}.title`];
  const found = places.map((place) => `scenario.${scenario}.${place}`).find(known);
  if (found) return say(found);
  if (rung && rung.includes("+")) {
    const parts = rung.split("+").map((each) => name(`${talks}/${each}`));
    return parts.reduce((first, second) => say("status.bundled", { first, second }));
  }
  return written(names[id]) || id;
}

/** Give a text of the scenario in this language: its own translation there, else as the scenario has it. */
export const text = (own, place) => written(own, `scenario.${scenario}.${place}`);

const named = (ids = {}) => Object.fromEntries(Object.entries(ids).map(([role, id]) => (
  [role, role === "service" ? say(`service.${id}`) : name(id)])));

/** Say a key whose numbers are for people already, and whose names are ids. */
export const tell = (key, { numbers = {}, names: ids = {} } = {}) => say(key, { ...numbers, ...named(ids) });

/** Say what a verb is about, and what one of its options is called. */
export const verbLabel = (verb) => say(`verb.${verb.act}`, named(verb.names));
export const optionLabel = (verb, option) => say(`option.${(verb.act || verb).split(":")[0]}.${option}`);

/** Say a decision that is written as the id of a verb and an option. */
export function decision({ verb, option }) {
  const [act, ...rest] = verb.split(":");
  const about = act === "task" ? `${say(`service.${rest[1]}`)}` : act === "report" ? `${say("act.report")}, ${name(rest[1])}` : say(`act.${act}`);
  return `${about}: ${say(`option.${act}.${option}`)}`;
}

/** List facts, each with the word that says whether it is a cost, a risk or a gain. */
export function facts(list) {
  if (!list.length) return null;
  return el("ul", { class: "facts" }, list.map((fact) => el("li", { class: fact.kind },
    fact.kind === "note" ? "" : el("b", {}, say(`kind.${fact.kind}`), " "), tell(fact.key, fact))));
}

/** Draw a ladder: for each rung its mark, title, status, and what either side gives. */
export function ladder(talks, several, plain = false) {
  const rungs = talks.rungs.map((rung) => {
    const status = rung.status.toLowerCase();
    const gives = Object.entries(rung.gives || {}).map(([who, own]) => {
      const what = text(own, `negotiations.${talks.talks}.rungs.${rung.rung}.parties.${who}.gives`);
      return what ? `${name(who)}: ${what}` : "";
    }).filter(Boolean);
    return el("li", { class: `rung ${status}${rung.in_play ? " now" : ""}`, "aria-current": rung.in_play ? "step" : null },
      mark(rung.status),
      el("div", {}, el("b", {}, name(rung.id)), " ", el("span", { class: "soft" }, say(`status.${rung.status}`))),
      gives.length && !plain ? el("details", { class: "soft", "data-fold": `gives ${rung.id}` },
        el("summary", { "data-key": rung.id }, say("ladder.gives")), gives.map((line) => el("p", {}, line))) : null);
  });
  return el("div", { class: "stack" }, several ? el("h3", {}, name(talks.talks)) : null, el("ol", { class: "ladder" }, rungs));
}

function mark(status) {
  return shape("svg", { viewBox: "-8 -8 16 16", "aria-hidden": "true" }, shape("path", { d: SHAPES[status] }));
}

/** Tell one row of the story: in words of this language if there are any, else in the server's English. */
export function story(row) {
  if (row.act === "event" && !row.kind) return text(row.text, `events.${row.text.en}`);
  const key = row.act === "event" ? `event.${row.kind}` : `story.${row.act}.${Math.round(row.value)}`;
  if (!known(key)) return row.sentence;
  return say(key, named({ actor: row.actor, counterpart: row.counterpart, rung: row.rung, talks: row.talks }));
}

const NARROW = matchMedia("(max-width: 600px)");

/** List rows of the story, each with its month. */
export function chronicle(rows) {
  return el("ol", { class: "feed" }, rows.map((row) =>
    el("li", {}, el("span", { class: "soft number" }, say("play.month_of", { month: row.month })), " ", story(row))));
}

/** List messages: between whom, by whom, and what was written. */
export function letters(messages) {
  return el("ul", { class: "feed" }, messages.map((message) => {
    const ends = { actor: name(message.from), counterpart: message.to === "all" ? say("play.everyone") : name(message.to) };
    return el("li", {},
      el("p", { class: "soft" }, say("play.message_from", ends), " (", el("bdi", {}, message.name), ")"),
      el("p", { dir: "auto" }, message.text));
  }));
}

/** Draw lines over the months: `lines` are {label, look, values}, `top` the largest value of the axis. */
export function chart(title, lines, { top = 1, marks = [], at = null } = {}) {
  const [width, height] = [NARROW.matches ? 340 : 560, 190]; // letters stay letters on a phone
  const months = Math.max(1, ...lines.map(({ values }) => (at ? at[values.length - 1] : values.length - 1)));
  const step = Math.max(1, Math.ceil(months / 6));
  const { shapes } = globalThis.detLineChart({
    width, height, left: 38, right: 8, top: 8, bottom: 22, rounds: months, high: top,
    ticks: [0, 0.5, 1].map((part) => [part * top, top === 1 ? share(part) : number(part * top)]),
    along: Array.from({ length: Math.floor(months / step) + 1 }, (_, place) => [place * step, number(place * step)]),
    marks: marks.filter(({ month }) => month <= months).map(({ month }) => ({ round: month, look: { class: "mark" } })),
    lines: lines.map(({ look, values }) => ({ values, at, look: { class: `c-${look}`, "stroke-dasharray": DASHES[look] } })),
  });
  const drawn = shapes.map(([tag, attributes, words = null]) => shape(tag, attributes, words));
  const said = lines.map(({ label: line, values }) => say("chart.summary", { name: line, first: values[0], last: values.at(-1) }));
  return el("figure", { class: "chart" },
    el("figcaption", {}, el("h3", {}, title), legend(lines)),
    shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": said.join(" ") }, ...drawn));
}

const DASHES = { first: null, second: "7 4", tension: "12 3", progress: "3 3", ghost: "2 4" };

function legend(lines) {
  return el("ul", { class: "legend" }, lines.map(({ label: line, look, values }) => el("li", {},
    shape("svg", { viewBox: "0 0 28 8", "aria-hidden": "true" }, shape("path", { class: `c-${look}`, d: "M0 4H28", "stroke-dasharray": DASHES[look] })),
    el("span", {}, line), values.length ? el("b", { class: "number" }, number(values.at(-1))) : null)));
}

/** Draw what everybody may see of one negotiation: tension and the progress of the deal, and trust where it is known. */
export function publicChart(charts, talks, title, more = []) {
  const own = charts.talks[talks];
  const top = Math.max(1, charts.ceiling || 1);
  return chart(title, [
    { label: say("chart.tension"), look: "tension", values: own.tension },
    { label: say("chart.deal_progress"), look: "progress", values: own.deal_progress },
    ...more,
  ], { top: Math.max(...own.tension) > 1 ? top : 1, marks: charts.marks });
}

/** Draw how far the parties trust each other, as far as it is known. */
export function trustChart(trust, parties) {
  const lines = Object.entries(trust || {}).flatMap(([one, others]) =>
    Object.entries(others).map(([other, values]) => ({ one, other, values })));
  const own = lines.filter(({ one, other }) => parties.includes(one) && parties.includes(other));
  if (!own.length) return [];
  return [chart(say("chart.trust"), own.map(({ one, other, values }, place) => ({
    label: say("chart.trust_first", { first: name(one), second: name(other) }), look: place ? "second" : "first", values,
  })))];
}

/** Show the class's bets, or a forecast of any kind, as a bar for each ending. */
export function endings(chances, whole = 100) {
  return el("ul", { class: "endings" }, OUTCOMES.map((outcome) => {
    const part = (chances[outcome] || 0) / whole;
    const bar = el("i");
    bar.style.width = `${100 * part}%`;
    return el("li", {}, el("div", { class: "row between" }, el("span", {}, say(`outcome.${outcome}`)), el("b", { class: "number" }, share(part))),
      el("span", { class: "bar", "aria-hidden": "true" }, bar));
  }));
}

/** Keep a clock going that the server set: it runs down by itself, and is put right with every view. */
export function runClock(place, speak = () => {}) {
  let left = null, at = 0, running = false;
  const show = () => {
    place.hidden = left === null;
    if (left === null) return;
    const now = running ? left - (performance.now() - at) / 1000 : left;
    place.textContent = now > 0 ? clock(now) : say("play.late");
    place.classList.toggle("late", now <= 10);
    if (running) speak(now);
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
  const narrative = text(card.narrative, `${role}.${card.seat}.narrative`);
  const made = [
    el("h2", {}, name(card.seat)), el("p", { class: "soft" }, say(`role.${card.kind}`)),
    el("p", {}, say(`role.goal_${card.kind}`)),
    narrative ? [el("h3", {}, say("role.story")), el("p", {}, narrative)] : null,
  ];
  for (const [group, title] of groups) {
    if (card[group]?.length) made.push(el("h3", {}, say(title)), facts(card[group]));
  }
  if (card.rungs?.length) {
    const several = new Set(card.rungs.map((rung) => rung.talks)).size > 1;
    made.push(el("h3", {}, say("play.ladder")), el("ol", { class: "plain" }, card.rungs.map((rung) => {
      const place = `negotiations.${rung.talks}.rungs.${rung.rung}`;
      const gives = Object.entries(rung.gives || {}).map(([who, own]) => `${name(who)}: ${text(own, `${place}.parties.${who}.gives`)}`);
      const title = text(rung.title, `${place}.title`) || name(`${rung.talks}/${rung.rung}`);
      return el("li", {}, el("b", {}, several ? `${name(rung.talks)}: ${title}` : title), gives.map((line) => el("div", { class: "soft" }, line)),
        rung.burden ? el("div", { class: "soft" }, tell(rung.burden.key, rung.burden)) : null);
    })));
  }
  return made.flat().filter(Boolean);
}

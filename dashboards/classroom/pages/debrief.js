// The debrief: each seat compared with its agent, turning points, scores of the forecasts, questions, exports.
import { describeDecision, ladderView, lineChart, nameOf, optionLabel, outcomeBars, phrase, publicChart, setNames, storyLine, storyList, trustChart } from "./board.js";
import { announce, download, el, formatChange, formatNumber, formatPercent, request, t } from "./core.js";

const FILES = {
  "moves.csv": "csv_moves",
  "predictions.csv": "csv_predictions",
  "pages.csv": "csv_times",
  "messages.csv": "csv_messages",
  "report.html": "report",
  "lesson.json": "lesson",
};

/** Wait until the debrief is computed, and draw it. `exports`: the address of the exports, if this reader may download them. */
export async function drawDebrief(place, { auth, path, seat, exports, query = "", isCurrent = () => true }) {
  const progress = el("p", { class: "info", role: "status" }, t("page.loading"));
  place.replaceChildren(progress);
  while (isCurrent()) {
    try {
      const found = await request(path + query, { auth });
      if (found.ready) {
        setNames(found);
        place.replaceChildren(...sections(found, seat), files(found, exports, query, auth));
        announce(t("debrief.here"));
        return;
      }
      progress.textContent = t("debrief.pending", { done: found.done, all: found.of });
    } catch (error) {
      progress.textContent = error.message;
      if (error.status && error.status !== 503) return;
    }
    await new Promise((done) => setTimeout(done, 2000));
  }
}

const card = (title, ...children) => el("section", { class: "card" }, el("h2", {}, t(title)), ...children);
const outcome = (code) => t(`outcome.${code}`);

function sections(found, seat) {
  return [
    el("section", { class: "card" },
      el("h1", {}, t("debrief.ended", { outcome: outcome(found.outcome) })), el("p", {}, t("debrief.lead")),
      found.agents ? el("p", {}, t("debrief.alone", { outcome: outcome(found.agents.outcome) })) : null,
      found.seed === null ? null : el("p", { class: "muted" }, t("debrief.seed", { seed: String(found.seed) }))),
    comparisons(found, seat), course(found), turning(found), forecastScores(found), questions(found),
    card("debrief.story", storyList(found.story)),
  ].filter(Boolean);
}

function comparisons(found, seat) {
  const all = found.ghosts || []; // each seat compared with its agent; stored under this key
  if (!all.length) return card("debrief.you", el("p", {}, t("debrief.nobody")));
  const drawn = all.map((each) => comparison(each, all.length === 1 || each.seat === seat, each.seat === seat));
  const { points, of } = found.weighed || {};
  const note = points < of ? el("p", { class: "muted" }, t("debrief.weighed", { points, of })) : "";
  return card("debrief.you", el("p", { class: "muted" }, t("debrief.you_lead")), ...drawn, note);
}

function comparison(each, open, mine) {
  const lines = [
    el("p", {}, t(mine ? "debrief.moves" : "debrief.seat_moves", { moves: each.moves, differed: each.differed })),
    each.people.length ? el("p", { class: "muted" }, each.people.join(", ")) : null,
    el("p", {}, t("debrief.agent_ended", { outcome: outcome(each.ghost.outcome), progress: each.ghost.progress })),
    ...(each.points.length ? each.points.map(point) : [el("p", {}, t("debrief.same"))]),
  ];
  const head = t("debrief.seat", { actor: nameOf(each.seat), differed: each.differed });
  return el("details", { open }, el("summary", {}, head), el("div", { class: "stack" }, lines));
}

function point(each) {
  const lines = each.decisions.map((one) => el("li", {},
    t("debrief.instead", { yours: describeDecision(one), theirs: optionLabel(one.verb, one.agent) })));
  const gap = each.deal - each.deal_ghost;
  const distinct = each.low > 0 || each.high < 0;
  const effect = { gap: formatChange(gap), low: formatChange(each.low), high: formatChange(each.high) };
  return el("div", { class: "panel" },
    el("h3", {}, t("debrief.at", { month: each.month, turn: each.turn })), el("ul", { class: "plain" }, lines),
    el("p", {}, el("b", {}, t(distinct ? "debrief.effect" : "debrief.no_effect", effect))),
    el("div", { class: "pair" },
      el("div", {}, el("h4", {}, t("debrief.after_you")), outcomeBars(each.yours, 1)),
      el("div", {}, el("h4", {}, t("debrief.after_agent")), outcomeBars(each.ghost, 1))),
    el("p", { class: "muted" }, t("debrief.futures", { count: each.futures })));
}

function course(found) {
  const made = [];
  for (const talks of Object.keys(found.charts.talks)) {
    const agents = found.charts.agents?.talks?.[talks];
    const more = agents ? [{ label: t("chart.agents"), look: "agents", values: agents.deal_progress }] : [];
    made.push(publicChart(found.charts, talks, nameOf(talks), more));
  }
  for (const { parties } of found.ladder) made.push(...trustChart(found.charts.trust, parties));
  return card("chart.title", el("div", { class: "wide-pair" }, made), ...found.ladder.map((talks) => ladderView(talks, found.ladder.length > 1)));
}

function turning(found) {
  const made = [el("p", { class: "muted" }, t("debrief.turning_lead"))];
  if (found.chances?.deal?.length > 1) {
    const line = { label: t("debrief.deal"), look: "progress", values: found.chances.deal };
    made.push(lineChart(t("debrief.chances"), [line], { at: found.chances.months }));
  }
  if (!found.turning?.length) made.push(el("p", {}, t("debrief.turning_none")));
  for (const each of found.turning || []) {
    const events = [...(each.moves || []).map((move) => `${nameOf(move.seat)}: ${describeDecision(move)}`), ...(each.story || []).map(storyLine)];
    made.push(el("div", { class: "panel" }, el("h3", {}, t("debrief.turning_point", each)),
      events.length ? el("ul", { class: "plain" }, events.map((line) => el("li", {}, line))) : null));
  }
  return card("debrief.turning", ...made);
}

function forecastScores(found) {
  const { forecasts } = found;
  if (!forecasts?.rounds?.some((each) => each.given)) return card("debrief.score", el("p", {}, t("debrief.no_forecasts")));
  const made = [];
  if (typeof forecasts.mine === "number") made.push(el("p", {}, el("b", {}, t("debrief.brier", { value: forecasts.mine }))));
  if (typeof forecasts.class === "number") made.push(el("p", {}, t("debrief.brier_class", { value: forecasts.class })));
  made.push(el("p", { class: "muted" }, t("debrief.brier_meaning", { even: 0.75 })));
  const scored = forecasts.rounds.filter((each) => each.given);
  made.push(table(["debrief.when", "debrief.given", "debrief.class_score", "debrief.model_score"], scored.map((each) => (
    [each.at ? t("debrief.after", { turn: each.at }) : t("debrief.before"), formatNumber(each.given), score(each.brier), score(each.model_brier)]))));
  if (forecasts.calibration?.length) {
    const heads = ["debrief.calibration_said", "debrief.calibration_true", "debrief.calibration_count"];
    const rows = forecasts.calibration.map((bin) => [formatPercent(bin.stated / 100), formatPercent(bin.came_true / 100), formatNumber(bin.count)]);
    made.push(el("h3", {}, t("debrief.calibration")), table(heads, rows));
  }
  return card("debrief.score", ...made);
}

const score = (value) => (typeof value === "number" ? formatNumber(value) : "–");

function table(heads, rows) {
  return el("div", { class: "scroll", tabIndex: 0, role: "region", "aria-label": t(heads[0]) }, el("table", {},
    el("thead", {}, el("tr", {}, heads.map((head, place) => el("th", { scope: "col", class: place ? "number" : "" }, t(head))))),
    el("tbody", {}, rows.map(([head, ...cells]) => el("tr", {},
      el("th", { scope: "row" }, head), cells.map((cell) => el("td", { class: "number" }, cell)))))));
}

function questions(found) {
  const chosen = (found.questions || []).map((question) => phrase(question.key, question));
  const always = ["question_knew", "question_again", "question_signal", "question_step", "question_world"].map((key) => t(`debrief.${key}`));
  const all = [...chosen, ...always.slice(0, Math.max(2, 8 - chosen.length))];
  return card("debrief.questions", el("ol", { class: "plain" }, all.map((line) => el("li", {}, line))));
}

function files(found, exports, query, auth) {
  const made = [];
  for (const [address, key] of [[found.link, "debrief.explore"], [found.watch, "debrief.watch"]]) {
    if (address) made.push(el("a", { class: "button", href: `/${address}` }, t(key)));
  }
  for (const [file, label] of exports ? Object.entries(FILES) : []) {
    const onclick = () => download(exports + file + query, file, auth).catch((error) => announce(error.message));
    made.push(el("button", { type: "button", onclick }, t(`debrief.${label}`)));
  }
  return made.length ? card("debrief.download", el("div", { class: "row" }, made)) : "";
}

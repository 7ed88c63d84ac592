// The debrief: the story, you against your ghost, turning points, how well it was foreseen, and what to discuss.
import { call, chart, chronicle, decision, endings, ladder, name, optionLabel, publicChart, story, tell, trustChart } from "./board.js";
import { announce, ask, change, download, el, number, say, share } from "./core.js";

const FILES = {
  "moves.csv": "csv_moves",
  "predictions.csv": "csv_predictions",
  "pages.csv": "csv_times",
  "messages.csv": "csv_messages",
  "report.html": "report",
  "lesson.json": "lesson",
};

/** Wait until the debrief is computed, and draw it. `exports`: where files lie, if this reader may have them. */
export async function drawDebrief(place, { who, path, seat, exports, query = "", still = () => true }) {
  const progress = el("p", { class: "told", role: "status" }, say("page.loading"));
  place.replaceChildren(progress);
  while (still()) {
    try {
      const found = await ask(path + query, { who });
      if (found.ready) {
        call(found);
        place.replaceChildren(...written(found, seat), files(found, exports, query, who));
        announce(say("debrief.here"));
        return;
      }
      progress.textContent = say("debrief.pending", { done: found.done, all: found.of });
    } catch (refused) {
      progress.textContent = refused.message;
      if (refused.status && refused.status !== 503) return;
    }
    await new Promise((done) => setTimeout(done, 2000));
  }
}

const card = (title, ...children) => el("section", { class: "card" }, el("h2", {}, say(title)), ...children);
const outcome = (code) => say(`outcome.${code}`);

function written(found, seat) {
  return [
    el("section", { class: "card" },
      el("h1", {}, say("debrief.ended", { outcome: outcome(found.outcome) })), el("p", {}, say("debrief.lead")),
      found.agents ? el("p", {}, say("debrief.alone", { outcome: outcome(found.agents.outcome) })) : null,
      found.seed === null ? null : el("p", { class: "soft" }, say("debrief.seed", { seed: String(found.seed) }))),
    ghosts(found, seat), course(found), turning(found), foreseen(found), questions(found),
    card("debrief.story", chronicle(found.story)),
  ].filter(Boolean);
}

function ghosts(found, seat) {
  const all = found.ghosts || [];
  if (!all.length) return card("debrief.you", el("p", {}, say("debrief.nobody")));
  const drawn = all.map((each) => ghost(each, all.length === 1 || each.seat === seat));
  const { points, of } = found.weighed || {};
  const note = points < of ? el("p", { class: "soft" }, say("debrief.weighed", { points, of })) : "";
  return card("debrief.you", el("p", { class: "soft" }, say("debrief.you_lead")), ...drawn, note);
}

function ghost(each, open) {
  const own = [
    el("p", {}, say("debrief.moves", { moves: each.moves, differed: each.differed })),
    each.people.length ? el("p", { class: "soft" }, each.people.join(", ")) : null,
    el("p", {}, say("debrief.ghost_ended", { outcome: outcome(each.ghost.outcome), progress: each.ghost.progress })),
    ...(each.points.length ? each.points.map(point) : [el("p", {}, say("debrief.same"))]),
  ];
  const head = say("debrief.seat", { actor: name(each.seat), differed: each.differed });
  return el("details", { open }, el("summary", {}, head), el("div", { class: "stack" }, own));
}

function point(each) {
  const lines = each.decisions.map((one) => el("li", {},
    say("debrief.instead", { yours: decision(one), theirs: optionLabel(one.verb, one.agent) })));
  const gap = each.deal - each.deal_ghost;
  const sure = each.low > 0 || each.high < 0;
  const effect = { gap: change(gap), low: change(each.low), high: change(each.high) };
  return el("div", { class: "weigh" },
    el("h3", {}, say("debrief.at", { month: each.month, round: each.turn })), el("ul", { class: "plain" }, lines),
    el("p", {}, el("b", {}, say(sure ? "debrief.effect" : "debrief.no_effect", effect))),
    el("div", { class: "pair" },
      el("div", {}, el("h4", {}, say("debrief.after_you")), endings(each.yours, 1)),
      el("div", {}, el("h4", {}, say("debrief.after_agent")), endings(each.ghost, 1))),
    el("p", { class: "soft" }, say("debrief.futures", { count: each.futures })));
}

function course(found) {
  const made = [];
  for (const talks of Object.keys(found.charts.talks)) {
    const alone = found.charts.agents?.talks?.[talks];
    const more = alone ? [{ label: say("chart.ghost"), look: "ghost", values: alone.deal_progress }] : [];
    made.push(publicChart(found.charts, talks, name(talks), more));
  }
  for (const { parties } of found.ladder) made.push(...trustChart(found.charts.trust, parties));
  return card("chart.title", el("div", { class: "wide-pair" }, made), ...found.ladder.map((talks) => ladder(talks, found.ladder.length > 1)));
}

function turning(found) {
  const made = [el("p", { class: "soft" }, say("debrief.turning_lead"))];
  if (found.chances?.deal?.length > 1) {
    const line = { label: say("debrief.deal"), look: "progress", values: found.chances.deal };
    made.push(chart(say("debrief.chances"), [line], { at: found.chances.months }));
  }
  if (!found.turning?.length) made.push(el("p", {}, say("debrief.turning_none")));
  for (const each of found.turning || []) {
    const told = [...(each.moves || []).map((move) => `${name(move.seat)}: ${decision(move)}`), ...(each.story || []).map(story)];
    made.push(el("div", { class: "weigh" }, el("h3", {}, say("debrief.turning_point", each)),
      told.length ? el("ul", { class: "plain" }, told.map((line) => el("li", {}, line))) : null));
  }
  return card("debrief.turning", ...made);
}

function foreseen(found) {
  const bets = found.bets;
  if (!bets?.rounds?.some((each) => each.given)) return card("debrief.score", el("p", {}, say("debrief.no_bets")));
  const made = [];
  if (typeof bets.mine === "number") made.push(el("p", {}, el("b", {}, say("debrief.brier", { value: bets.mine }))));
  if (typeof bets.class === "number") made.push(el("p", {}, say("debrief.brier_class", { value: bets.class })));
  made.push(el("p", { class: "soft" }, say("debrief.brier_meaning", { even: 0.75 })));
  const asked = bets.rounds.filter((each) => each.given);
  made.push(table(["debrief.when", "debrief.given", "debrief.class_score", "debrief.model_score"], asked.map((each) => (
    [each.at ? say("debrief.after", { round: each.at }) : say("debrief.before"), number(each.given), score(each.brier), score(each.model_brier)]))));
  if (bets.calibration?.length) {
    const heads = ["debrief.calibration_said", "debrief.calibration_true", "debrief.calibration_count"];
    const rows = bets.calibration.map((bin) => [share(bin.stated / 100), share(bin.came_true / 100), number(bin.count)]);
    made.push(el("h3", {}, say("debrief.calibration")), table(heads, rows));
  }
  return card("debrief.score", ...made);
}

const score = (value) => (typeof value === "number" ? number(value) : "–");

function table(heads, rows) {
  return el("div", { class: "scroll", tabIndex: 0, role: "region", "aria-label": say(heads[0]) }, el("table", {},
    el("thead", {}, el("tr", {}, heads.map((head, place) => el("th", { scope: "col", class: place ? "number" : "" }, say(head))))),
    el("tbody", {}, rows.map(([head, ...cells]) => el("tr", {},
      el("th", { scope: "row" }, head), cells.map((cell) => el("td", { class: "number" }, cell)))))));
}

function questions(found) {
  const asked = (found.questions || []).map((question) => tell(question.key, question));
  const always = ["question_knew", "question_again", "question_signal", "question_step", "question_world"].map((key) => say(`debrief.${key}`));
  const all = [...asked, ...always.slice(0, Math.max(2, 8 - asked.length))];
  return card("debrief.questions", el("ol", { class: "plain" }, all.map((line) => el("li", {}, line))));
}

function files(found, exports, query, who) {
  const made = [];
  for (const [address, key] of [[found.link, "debrief.explore"], [found.watch, "debrief.watch"]]) {
    if (address) made.push(el("a", { class: "button", href: `/${address}` }, say(key)));
  }
  for (const [file, words] of exports ? Object.entries(FILES) : []) {
    const onclick = () => download(exports + file + query, file, who).catch((refused) => announce(refused.message));
    made.push(el("button", { type: "button", onclick }, say(`debrief.${words}`)));
  }
  return made.length ? card("debrief.download", el("div", { class: "row" }, made)) : "";
}

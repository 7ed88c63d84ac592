// The projector: how to join, then public information only; no participants' names, no private facts.
import { joinedCount, ladderView, modelNote, nameOf, outcomeBars, publicChart, scenarioText, setNames, startClock, storyLine, storyList, trustChart } from "./board.js";
import { byId, coalesce, el, loadTexts, request, subscribe, t, update } from "./core.js";

const code = decodeURIComponent(location.pathname.split("/").pop()).toUpperCase();
await loadTexts();
const setClock = startClock(byId("clock"));

const refresh = coalesce(async () => {
  try {
    const view = await request(`/class/api/projector?code=${encodeURIComponent(code)}`);
    byId("error").textContent = "";
    setNames(view);
    byId("where").textContent = `${view.title} · ${view.code}`;
    byId("top").hidden = ["none", "lobby"].includes(view.phase);
    setClock(["ended", "paused"].includes(view.phase) ? null : view.clock);
    const { clock, version, ...data } = view;
    update(byId("projector"), data, draw);
  } catch (error) {
    byId("error").textContent = error.message;
  }
});

function draw(view) {
  const notice = view.notices.slice(-1).map(({ text }) => el("p", { class: "info", dir: "auto" }, text));
  return [modelNote(view), ...notice, ...(["none", "lobby"].includes(view.phase) ? invite(view) : board(view))];
}

function qrCode(view) {
  return el("img", { alt: t("screen.square", { link: view.link }), src: `data:image/svg+xml,${encodeURIComponent(view.qr)}` });
}

function invite(view) {
  const seats = view.seats || [];
  return [el("section", { class: "card invite" }, qrCode(view),
    el("div", { class: "stack" }, el("h1", {}, t("screen.join")), el("p", {}, t("screen.open"), " ", el("bdi", { dir: "ltr" }, view.link)),
      el("p", { class: "muted" }, t("screen.code")), el("p", { class: "join-code" }, view.code),
      el("p", { role: "status" }, joinedCount(view.people)))),
  view.scenario ? el("section", { class: "card" }, el("h2", {}, scenarioText(view.scenario.title, "title")),
    view.scenario.summary ? el("p", {}, scenarioText(view.scenario.summary, "summary")) : null,
    el("ul", { class: "legend" }, seats.map(({ seat, played }) =>
      el("li", { class: `state ${played === "people" ? "here" : ""}` }, nameOf(seat))))) : ""];
}

function board(view) {
  const phase = { paused: "screen.paused", ended: "screen.over" }[view.phase];
  const done = view.seats.filter((seat) => seat.played === "people" && seat.done).length;
  const people = view.seats.filter((seat) => seat.played === "people").length;
  byId("turn").textContent = phase ? t(phase) : t("play.turn", { turn: view.turn, turns: view.turns });
  byId("moved").textContent = view.phase === "ended" ? "" : t("screen.moved", { count: done, seats: people });
  const outcome = view.outcome && t("debrief.ended", { outcome: t(`outcome.${view.outcome}`) });
  const headline = el("section", { class: "card" }, el("h2", {}, t("screen.news")),
    el("p", { class: "headline", role: "status" }, outcome || (view.headline ? storyLine(view.headline) : t("screen.quiet"))),
    storyList(view.story.slice(-4, -1).reverse()));
  const mean = view.forecasts?.mean;
  const forecasts = mean ? el("section", { class: "card" }, el("h2", {}, t("forecasts.class")), outcomeBars(mean)) : "";
  return [el("div", { class: "columns" }, el("div", { class: "stack" }, ...lines(view), headline),
    el("div", { class: "stack" }, ladders(view), forecasts))];
}

function lines(view) {
  if (!view.charts?.months || view.charts.months.length < 2) return [];
  const all = Object.keys(view.charts.talks);
  const title = (talks) => (all.length > 1 ? nameOf(talks) : t("chart.title_public"));
  const made = all.map((talks) => publicChart(view.charts, talks, title(talks)));
  for (const { parties } of view.ladder) made.push(...trustChart(view.charts.trust, parties));
  return [el("section", { class: "card" }, made)];
}

function ladders(view) {
  const all = view.ladder.map((talks) => ladderView(talks, view.ladder.length > 1, true));
  return el("section", { class: "card" }, el("h2", {}, t("screen.ladder")), all);
}

await refresh();
subscribe(code, (news) => { if (!news || news.scope === "room" || news.scope === "console") setTimeout(refresh, 100); });

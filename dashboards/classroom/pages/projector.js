// The projector: how to join, then what everybody may see; no name of a person, no private fact.
import { call, chronicle, endings, ladder, name, publicChart, runClock, story, text, trustChart } from "./board.js";
import { ask, el, fill, follow, loadWords, part, say, single } from "./core.js";

const code = decodeURIComponent(location.pathname.split("/").pop()).toUpperCase();
await loadWords();
const setClock = runClock(part("clock"));

const refresh = single(async () => {
  try {
    const view = await ask(`/class/api/projector?code=${encodeURIComponent(code)}`);
    part("fault").textContent = "";
    call(view);
    part("where").textContent = `${view.title} · ${view.code}`;
    part("top").hidden = ["none", "lobby"].includes(view.phase);
    setClock(["ended", "paused"].includes(view.phase) ? null : view.clock);
    const { clock, version, ...shown } = view;
    fill(part("wall"), shown, draw);
  } catch (refused) {
    part("fault").textContent = refused.message;
  }
});

function draw(view) {
  const notice = view.notices.slice(-1).map(({ text: words }) => el("p", { class: "told", dir: "auto" }, words));
  return [...notice, ...(["none", "lobby"].includes(view.phase) ? invite(view) : board(view))];
}

function square(view) {
  return el("img", { alt: say("screen.square", { link: view.link }), src: `data:image/svg+xml,${encodeURIComponent(view.qr)}` });
}

function invite(view) {
  const seats = view.seats || [];
  return [el("section", { class: "card invite" }, square(view),
    el("div", { class: "stack" }, el("h1", {}, say("screen.join")), el("p", {}, say("screen.open"), " ", el("bdi", { dir: "ltr" }, view.link)),
      el("p", { class: "soft" }, say("screen.code")), el("p", { class: "join-code" }, view.code),
      el("p", { role: "status" }, say("screen.here", { count: view.people || 0 })))),
  view.scenario ? el("section", { class: "card" }, el("h2", {}, text(view.scenario.title, "title")),
    view.scenario.summary ? el("p", {}, text(view.scenario.summary, "summary")) : null,
    el("ul", { class: "legend" }, seats.map(({ seat, played }) =>
      el("li", { class: `state ${played === "people" ? "here" : ""}` }, name(seat))))) : ""];
}

function board(view) {
  const phase = { paused: "screen.paused", ended: "screen.over" }[view.phase];
  const done = view.seats.filter((seat) => seat.played === "people" && seat.done).length;
  const people = view.seats.filter((seat) => seat.played === "people").length;
  part("turn").textContent = phase ? say(phase) : say("play.round", { round: view.turn, rounds: view.turns });
  part("moved").textContent = view.phase === "ended" ? "" : say("screen.moved", { count: done, seats: people });
  const outcome = view.outcome && say("debrief.ended", { outcome: say(`outcome.${view.outcome}`) });
  const headline = el("section", { class: "card" }, el("h2", {}, say("screen.news")),
    el("p", { class: "headline", role: "status" }, outcome || (view.headline ? story(view.headline) : say("screen.quiet"))),
    chronicle(view.story.slice(-4, -1).reverse()));
  const mean = view.bets?.mean;
  const bets = mean ? el("section", { class: "card" }, el("h2", {}, say("bets.class")), endings(mean)) : "";
  return [el("div", { class: "columns" }, el("div", { class: "stack" }, ...lines(view), headline),
    el("div", { class: "stack" }, ladders(view), bets))];
}

function lines(view) {
  if (!view.charts?.months || view.charts.months.length < 2) return [];
  const all = Object.keys(view.charts.talks);
  const title = (talks) => (all.length > 1 ? name(talks) : say("chart.title_public"));
  const made = all.map((talks) => publicChart(view.charts, talks, title(talks)));
  for (const { parties } of view.ladder) made.push(...trustChart(view.charts.trust, parties));
  return [el("section", { class: "card" }, made)];
}

function ladders(view) {
  const all = view.ladder.map((talks) => ladder(talks, view.ladder.length > 1, true));
  return el("section", { class: "card" }, el("h2", {}, say("screen.ladder")), all);
}

await refresh();
follow(code, (news) => { if (!news || news.scope === "room" || news.scope === "console") setTimeout(refresh, 100); });

// A student's page: join, play, and the debrief, each drawn from the server's view; the browser owns nothing.
import { call, chart, chronicle, ladder, letters, name, publicChart, roleCard, runClock } from "./board.js";
import { ask, announce, confirmed, el, fill, follow, loadWords, part, say, single } from "./core.js";
import { drawBets } from "./bets.js";
import { drawDebrief } from "./debrief.js";
import { joining } from "./joining.js";
import { drawMove } from "./move.js";
import { known } from "./known.js";

const code = decodeURIComponent(location.pathname.split("/").pop()).toUpperCase();
const who = { "Detente-Room": code }; // the browser holds the seat in a cookie, of each room its own
let held = document.documentElement.hasAttribute("data-seated");
let view = null;
let ended = false;
let opened = performance.now();
let listen = () => {}; // anew, under another link

await loadWords();
const look = joining(code, seated);
const setClock = runClock(part("clock"), warn);

/** Take the seat of a personal link, if the address is one; its token is taken out of the address at once. */
async function enter() {
  const found = /^#me=([\w-]{16,80})$/.exec(location.hash);
  if (!found) return;
  history.replaceState(null, "", location.pathname + location.search);
  try {
    const got = await ask("/class/api/enter", { body: { token: found[1] } });
    if (got.code !== code) location.replace(`/class/r/${encodeURIComponent(got.code)}`);
    held = true;
  } catch (refused) {
    announce(refused.message);
  }
}

/** Fetch the view and draw it; who holds no seat (any more) is asked to join. */
const refresh = single(async () => {
  part("fault").textContent = "";
  if (!held) return look();
  try {
    view = await ask("/class/api/me", { who });
    draw();
  } catch (refused) {
    if (refused.status === 401 || ["seat.none", "seat.removed"].includes(refused.code)) {
      if (refused.code === "seat.removed") announce(refused.message);
      view = null;
      held = ended = false;
      part("card").close();
      listen();
      return look();
    }
    part("fault").textContent = refused.message;
  }
});

/** Show the seat that was just taken. */
async function seated() {
  held = true;
  listen();
  await refresh();
  part("content").focus();
}

// Playing

function draw() {
  const over = view.phase === "ended";
  call(view);
  part("join").hidden = true;
  part("playing").hidden = false;
  part("table").hidden = over; // the debrief holds all of it
  part("where").textContent = view.title || say("page.student");
  part("who").textContent = view.seat ? name(view.seat) : view.name;
  const all = view.delegation.length > 1 ? say("play.delegation", { names: view.delegation.join(", ") }) : view.name;
  part("with").textContent = `${say(`role.${view.kind}`)} · ${all}`;
  part("turn").textContent = over ? say("play.over") : view.turn ? say("play.round", { round: view.turn, rounds: view.turns }) : "";
  setClock(over || view.phase === "paused" ? null : view.clock);
  tellPhase();
  fill(part("notices"), view.notices, drawNotices);
  fill(part("hold"), [view.phase, view.agent, view.next, view.solo, view.turn, view.seat, view.seats.map((seat) => seat.seat), view.settings.chooses], drawHold);
  drawMove(view, { who, done: refresh, last: part("last"), form: part("verbs"), section: part("move") });
  drawBets(view, { who, done: refresh, section: part("bets"), place: part("bet-place") });
  drawSignals();
  drawMessages();
  fill(part("ladders"), view.ladder, (all) => all.map((talks) => ladder(talks, all.length > 1)));
  part("knows").hidden = !view.known.length;
  fill(part("known"), view.known, (list) => known(list, view.seat));
  part("course").hidden = !view.charts?.months || view.charts.months.length < 2;
  fill(part("charts"), view.charts, drawCharts);
  fill(part("story"), view.story, drawStory);
  if (over && !ended) showDebrief();
  if (!over && ended) { ended = false; part("debrief").replaceChildren(); part("debrief").hidden = true; }
}

let phase = "";
function tellPhase() {
  const now = `${view.phase} ${view.turn}`;
  if (phase && now !== phase && !document.activeElement.matches("input, textarea, select")) scrollTo({ top: 0 });
  const told = { ended: say("play.over"), paused: say("play.paused") }[view.phase] || say("play.begins", { round: view.turn });
  if (phase && now !== phase) announce(told);
  else if (!phase && view.phase === "lobby") announce(say("play.lobby"));
  phase = now;
}

let warned = 0;
function warn(left) {
  if (left > 0 && left <= 30 && view && warned !== view.turn) {
    warned = view.turn;
    announce(say("play.hurry"));
  }
}

function drawNotices(notices) {
  return notices.slice(-3).map((notice) => el("p", { class: "told" }, say("play.notice", { text: notice.text })));
}

function drawHold() {
  const made = [];
  if (view.phase === "lobby") made.push(el("p", { class: "soft" }, say("play.lobby")));
  if (view.phase === "lobby" && view.settings.chooses) made.push(otherSeat());
  if (view.phase === "paused") made.push(el("p", { class: "told" }, say("play.paused")));
  if (view.agent && view.phase !== "ended") {
    const own = view.agent !== "handed";
    made.push(el("div", { class: "told row between" }, el("span", {}, say(own ? "play.agent_left" : "play.agent_plays")),
      own ? el("button", { type: "button", "data-key": "back", onclick: () => act("/class/api/back", {}) }, say("play.take_back")) : null));
  }
  if (view.next) made.push(el("div", { class: "told row between" }, el("span", {}, say("play.next")),
    el("button", { type: "button", onclick: () => act("/class/api/again", { seat: null }) }, say("play.again"))));
  if (view.solo && view.phase !== "ended") made.push(el("div", { class: "row" },
    el("button", { type: "button", "data-key": "solo-next", onclick: () => act("/class/api/solo/do", { action: "next" }) }, say("solo.next")),
    el("button", { type: "button", "data-key": "solo-end", onclick: finish }, say("solo.finish"))));
  if (view.solo && view.phase === "ended") made.push(el("a", { class: "button", href: "/class/solo" }, say("solo.back")));
  return made;
}

/** Before the lesson begins another seat can be taken, where seats are chosen. */
function otherSeat() {
  const places = el("select", { id: "other-seat", "data-key": "other-seat", onchange: () => act("/class/api/seat", { seat: places.value }) },
    view.seats.map((seat) => el("option", { value: seat.seat, selected: seat.seat === view.seat }, name(seat.seat))));
  return el("div", {}, el("label", { htmlFor: "other-seat" }, say("play.other_seat")), places);
}

async function finish() {
  if (await confirmed(say("solo.sure"), say("page.yes"), say("page.cancel"))) act("/class/api/solo/do", { action: "end" });
}

async function act(path, body) {
  try {
    await ask(path, { body, who });
  } catch (refused) {
    announce(refused.message);
  }
  refresh();
}

function drawSignals() {
  part("signals").hidden = view.turn < 2 && !view.signals.length;
  fill(part("signal-list"), view.signals, (signals) => {
    if (!signals.length) return el("p", { class: "soft" }, say("play.signals_none"));
    return el("ul", { class: "feed" }, signals.map((signal) => {
      const kind = say(`signal.${signal.kind.replaceAll(" ", "_")}`);
      const how = { actor: name(signal.sender), counterpart: name(signal.receiver), kind, channel: say(`channel.${signal.channel}`) };
      const read = signal.reading && !signal.mine;
      const reading = read ? say(`reading.${signal.reading}`) : "";
      const words = say(signal.mine ? "signal.mine" : read ? "signal.read" : "signal.told", { ...how, reading });
      return el("li", { class: signal.mine ? "private" : "" }, view.months > 1 ? say("signal.month", { month: signal.month, words }) : words);
    }));
  });
}

function drawMessages() {
  part("messages").hidden = !view.settings.messages && !view.messages.length;
  part("write").hidden = !view.settings.messages || view.phase === "ended";
  const others = view.seats.filter((seat) => seat.laid_out && seat.seat !== view.seat).map((seat) => seat.seat);
  fill(part("to"), others, () => [["all", say("play.everyone")], ...others.map((seat) => [seat, name(seat)])]
    .map(([value, label]) => el("option", { value }, label)));
  const drawn = fill(part("message-list"), view.messages, (messages) => {
    if (!messages.length) return el("p", { class: "soft" }, say("play.message_none"));
    return letters(messages);
  });
  if (drawn) part("message-list").scrollTop = part("message-list").scrollHeight;
}

part("write").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await ask("/class/api/message", { body: { to: part("to").value, text: part("text").value }, who });
    part("text").value = "";
    announce(say("play.message_sent"));
  } catch (refused) {
    announce(refused.message);
  }
  refresh();
});

function drawCharts(charts) {
  const made = Object.keys(charts.talks).map((talks) => publicChart(charts, talks, name(talks)));
  const trust = Object.entries(charts.own?.trust || {}).slice(0, 2);
  if (trust.length) made.push(chart(say("chart.own_trust"), trust.map(([other, values], place) => (
    { label: say("play.trust", { actor: name(other) }), look: place ? "second" : "first", values }))));
  return made;
}

function drawStory(rows) {
  if (!rows.length) return el("p", { class: "soft" }, say("play.news_none"));
  return chronicle(rows.slice(-30).reverse());
}

async function showDebrief() {
  ended = true;
  part("debrief").hidden = false;
  await drawDebrief(part("debrief"), {
    who, path: "/class/api/debrief", seat: view.seat, exports: view.solo ? "/class/api/solo/export/" : "",
    still: () => ended,
  });
}

part("card-open").addEventListener("click", () => {
  fill(part("card-text"), [view.card, view.seat], () => roleCard({ ...view.card, seat: view.seat }));
  part("card").showModal();
});

part("link-copy").addEventListener("click", async () => {
  let link = "";
  try {
    const { token } = await ask("/class/api/link", { who });
    link = `${location.origin}${location.pathname}#me=${token}`;
  } catch (refused) {
    announce(refused.message);
    return;
  }
  try {
    await navigator.clipboard.writeText(link);
    announce(say("role.link_copied"));
  } catch (refused) { // without TLS a browser lends its clipboard only to pages of its own machine
    const field = el("textarea", { readOnly: true, rows: 3, dir: "ltr", "aria-label": say("role.link_keep") }, link);
    const box = el("dialog", { class: "box" }, el("p", {}, say("role.link_keep")), field,
      el("form", { method: "dialog", class: "row" }, el("button", { class: "main" }, say("page.close"))));
    box.addEventListener("close", () => box.remove());
    document.body.append(box);
    box.showModal();
    field.select();
  }
});

// Presence, and news

const page = () => (ended ? "debrief" : view ? "play" : "join");
function here(more = {}) {
  const seconds = Math.round((performance.now() - opened) / 1000);
  opened = performance.now();
  if (held) ask("/class/api/here", { body: { page: page(), seconds }, who, ...more }).catch(() => {});
}
setInterval(() => document.visibilityState === "visible" && here(), 10_000);
addEventListener("pagehide", () => here({ keepalive: true }));
addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") { here(); refresh(); } });
addEventListener("hashchange", async () => { await enter(); listen(); refresh(); });

await enter();
await refresh();
here();
listen = follow(code, (news) => {
  const scope = news?.scope || "room"; // "seat" is told to those alone who sit there
  if (scope === "console") return;
  setTimeout(refresh, news && scope === "room" ? 200 * Math.random() : 0); // forty phones do not ask in the same instant
});

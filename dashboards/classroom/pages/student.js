// A student's page: join, play, debrief, each drawn from the server's view; the browser stores no state of the lesson.
import { ladderView, lineChart, messageList, modelNote, nameOf, publicChart, roleCard, setNames, startClock, storyList } from "./board.js";
import { announce, byId, coalesce, confirmDialog, el, loadTexts, request, subscribe, t, update } from "./core.js";
import { drawForecasts } from "./forecasts.js";
import { drawDebrief } from "./debrief.js";
import { joinForm } from "./join_form.js";
import { drawMove } from "./move.js";
import { knownFacts } from "./known.js";

const code = decodeURIComponent(location.pathname.split("/").pop()).toUpperCase();
const auth = { "Detente-Room": code }; // a cookie for each room identifies the seat
let hasSeat = document.documentElement.hasAttribute("data-seated");
let view = null;
let ended = false;
let opened = performance.now();
let reconnect = () => {}; // of the event stream, after a change of seat

await loadTexts();
const showJoinForm = joinForm(code, showSeat);
const setClock = startClock(byId("clock"), warnOfTime);

/** Use the personal link, if the address is one; the token is removed from the address at once. */
async function usePersonalLink() {
  const found = /^#me=([\w-]{16,80})$/.exec(location.hash);
  if (!found) return;
  history.replaceState(null, "", location.pathname + location.search);
  try {
    const got = await request("/class/api/enter", { body: { token: found[1] } });
    if (got.code !== code) location.replace(`/class/r/${encodeURIComponent(got.code)}`);
    hasSeat = true;
  } catch (error) {
    announce(error.message);
  }
}

/** Fetch the view and draw it; without a seat, show the join form. */
const refresh = coalesce(async () => {
  byId("error").textContent = "";
  if (!hasSeat) return showJoinForm();
  try {
    view = await request("/class/api/me", { auth });
    draw();
  } catch (error) {
    if (error.status === 401 || ["seat.none", "seat.removed"].includes(error.code)) {
      if (error.code === "seat.removed") announce(error.message);
      view = null;
      hasSeat = ended = false;
      byId("card").close();
      reconnect();
      return showJoinForm();
    }
    byId("error").textContent = error.message;
  }
});

/** Show the seat that was just taken. */
async function showSeat() {
  hasSeat = true;
  reconnect();
  await refresh();
  byId("content").focus();
}

// Playing

function draw() {
  const over = view.phase === "ended";
  setNames(view);
  byId("join").hidden = true;
  byId("playing").hidden = false;
  byId("table").hidden = over; // the debrief shows all of it
  byId("where").textContent = view.title || t("page.student");
  byId("seat-name").textContent = view.seat ? nameOf(view.seat) : view.name;
  const all = view.delegation.length > 1 ? t("play.delegation", { names: view.delegation.join(", ") }) : view.name;
  byId("delegation").textContent = `${t(`role.${view.kind}`)} · ${all}`;
  byId("turn").textContent = over ? t("play.over") : view.turn ? t("play.turn", { turn: view.turn, turns: view.turns }) : "";
  setClock(over || view.phase === "paused" ? null : view.clock);
  announcePhase();
  update(byId("notices"), [view.notices, view.other_model], drawNotices);
  update(byId("actions"), [view.phase, view.agent, view.next, view.solo, view.turn, view.seat, view.seats.map((seat) => seat.seat), view.settings.chooses], drawActions);
  drawMove(view, { auth, done: refresh, last: byId("last"), form: byId("verbs"), section: byId("move") });
  drawForecasts(view, { auth, done: refresh, section: byId("forecasts"), place: byId("forecast-form") });
  drawSignals();
  drawMessages();
  update(byId("ladders"), view.ladder, (all) => all.map((talks) => ladderView(talks, all.length > 1)));
  byId("known-section").hidden = !view.known.length;
  update(byId("known"), view.known, (list) => knownFacts(list, view.seat));
  byId("course").hidden = !view.charts?.months || view.charts.months.length < 2;
  update(byId("charts"), view.charts, drawCharts);
  update(byId("story"), view.story, drawStory);
  if (over && !ended) showDebrief();
  if (!over && ended) { ended = false; byId("debrief").replaceChildren(); byId("debrief").hidden = true; }
}

let phase = "";
function announcePhase() {
  const now = `${view.phase} ${view.turn}`;
  if (phase && now !== phase && !document.activeElement.matches("input, textarea, select")) scrollTo({ top: 0 });
  const message = { ended: t("play.over"), paused: t("play.paused") }[view.phase] || t("play.begins", { turn: view.turn });
  if (phase && now !== phase) announce(message);
  else if (!phase && view.phase === "lobby") announce(t("play.lobby"));
  phase = now;
}

let warnedTurn = 0;
function warnOfTime(left) {
  if (left > 0 && left <= 30 && view && warnedTurn !== view.turn) {
    warnedTurn = view.turn;
    announce(t("play.hurry"));
  }
}

function drawNotices([notices]) {
  return [modelNote(view), ...notices.slice(-3).map((notice) => el("p", { class: "info" }, t("play.notice", { text: notice.text })))];
}

function drawActions() {
  const made = [];
  if (view.phase === "lobby") made.push(el("p", { class: "muted" }, t("play.lobby")));
  if (view.phase === "lobby" && view.settings.chooses) made.push(seatMenu());
  if (view.phase === "paused") made.push(el("p", { class: "info" }, t("play.paused")));
  if (view.agent && view.phase !== "ended") {
    const own = view.agent !== "handed";
    made.push(el("div", { class: "info row between" }, el("span", {}, t(own ? "play.agent_left" : "play.agent_plays")),
      own ? el("button", { type: "button", "data-key": "back", onclick: () => act("/class/api/back", {}) }, t("play.take_back")) : null));
  }
  if (view.next) made.push(el("div", { class: "info row between" }, el("span", {}, t("play.next")),
    el("button", { type: "button", onclick: () => act("/class/api/again", { seat: null }) }, t("play.again"))));
  if (view.solo && view.phase !== "ended") made.push(el("div", { class: "row" },
    el("button", { type: "button", "data-key": "solo-next", onclick: () => act("/class/api/solo/do", { action: "next" }) }, t("solo.next")),
    el("button", { type: "button", "data-key": "solo-end", onclick: finish }, t("solo.finish"))));
  if (view.solo && view.phase === "ended") made.push(el("a", { class: "button", href: "/class/solo" }, t("solo.back")));
  return made;
}

/** The menu for another seat, shown before the lesson begins if students choose their seats. */
function seatMenu() {
  const places = el("select", { id: "other-seat", "data-key": "other-seat", onchange: () => act("/class/api/seat", { seat: places.value }) },
    view.seats.map((seat) => el("option", { value: seat.seat, selected: seat.seat === view.seat }, nameOf(seat.seat))));
  return el("div", {}, el("label", { htmlFor: "other-seat" }, t("play.other_seat")), places);
}

async function finish() {
  if (await confirmDialog(t("solo.sure"), t("page.yes"), t("page.cancel"))) act("/class/api/solo/do", { action: "end" });
}

async function act(path, body) {
  try {
    await request(path, { body, auth });
  } catch (error) {
    announce(error.message);
  }
  refresh();
}

function drawSignals() {
  byId("signals").hidden = view.turn < 2 && !view.signals.length;
  update(byId("signal-list"), view.signals, (signals) => {
    if (!signals.length) return el("p", { class: "muted" }, t("play.signals_none"));
    return el("ul", { class: "feed" }, signals.map((signal) => {
      const kind = t(`signal.${signal.kind.replaceAll(" ", "_")}`);
      const values = { actor: nameOf(signal.sender), counterpart: nameOf(signal.receiver), kind, channel: t(`channel.${signal.channel}`) };
      const read = signal.reading && !signal.mine;
      const reading = read ? t(`reading.${signal.reading}`) : "";
      const text = t(signal.mine ? "signal.mine" : read ? "signal.read" : "signal.other", { ...values, reading });
      return el("li", { class: signal.mine ? "private" : "" }, view.months > 1 ? t("signal.month", { month: signal.month, words: text }) : text);
    }));
  });
}

function drawMessages() {
  byId("messages").hidden = !view.settings.messages && !view.messages.length;
  byId("write").hidden = !view.settings.messages || view.phase === "ended";
  const others = view.seats.filter((seat) => seat.playable && seat.seat !== view.seat).map((seat) => seat.seat);
  update(byId("to"), others, () => [["all", t("play.everyone")], ...others.map((seat) => [seat, nameOf(seat)])]
    .map(([value, label]) => el("option", { value }, label)));
  const drawn = update(byId("message-list"), view.messages, (messages) => {
    if (!messages.length) return el("p", { class: "muted" }, t("play.message_none"));
    return messageList(messages);
  });
  if (drawn) byId("message-list").scrollTop = byId("message-list").scrollHeight;
}

byId("write").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await request("/class/api/message", { body: { to: byId("to").value, text: byId("text").value }, auth });
    byId("text").value = "";
    announce(t("play.message_sent"));
  } catch (error) {
    announce(error.message);
  }
  refresh();
});

function drawCharts(charts) {
  const made = Object.keys(charts.talks).map((talks) => publicChart(charts, talks, nameOf(talks)));
  const trust = Object.entries(charts.own?.trust || {}).slice(0, 2);
  if (trust.length) made.push(lineChart(t("chart.own_trust"), trust.map(([other, values], place) => (
    { label: t("play.trust", { actor: nameOf(other) }), look: place ? "second" : "first", values }))));
  return made;
}

function drawStory(rows) {
  if (!rows.length) return el("p", { class: "muted" }, t("play.news_none"));
  return storyList(rows.slice(-30).reverse());
}

async function showDebrief() {
  ended = true;
  byId("debrief").hidden = false;
  await drawDebrief(byId("debrief"), {
    auth, path: "/class/api/debrief", seat: view.seat, exports: view.solo ? "/class/api/solo/export/" : "",
    isCurrent: () => ended,
  });
}

byId("card-open").addEventListener("click", () => {
  update(byId("card-text"), [view.card, view.seat], () => roleCard({ ...view.card, seat: view.seat }));
  byId("card").showModal();
});

byId("link-copy").addEventListener("click", async () => {
  let link = "";
  try {
    const { token } = await request("/class/api/link", { auth });
    link = `${location.origin}${location.pathname}#me=${token}`;
  } catch (error) {
    announce(error.message);
    return;
  }
  try {
    await navigator.clipboard.writeText(link);
    announce(t("role.link_copied"));
  } catch (error) { // without TLS the clipboard is available on localhost only
    const field = el("textarea", { readOnly: true, rows: 3, dir: "ltr", "aria-label": t("role.link_keep") }, link);
    const box = el("dialog", { class: "box" }, el("p", {}, t("role.link_keep")), field,
      el("form", { method: "dialog", class: "row" }, el("button", { class: "main" }, t("page.close"))));
    box.addEventListener("close", () => box.remove());
    document.body.append(box);
    box.showModal();
    field.select();
  }
});

// Presence and events

const currentPage = () => (ended ? "debrief" : view ? "play" : "join");
function reportPresence(more = {}) {
  const seconds = Math.round((performance.now() - opened) / 1000);
  opened = performance.now();
  if (hasSeat) request("/class/api/here", { body: { page: currentPage(), seconds }, auth, ...more }).catch(() => {});
}
setInterval(() => document.visibilityState === "visible" && reportPresence(), 10_000);
addEventListener("pagehide", () => reportPresence({ keepalive: true }));
addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") { reportPresence(); refresh(); } });
addEventListener("hashchange", async () => { await usePersonalLink(); reconnect(); refresh(); });

await usePersonalLink();
await refresh();
reportPresence();
reconnect = subscribe(code, (event) => {
  const scope = event?.scope || "room"; // "seat": sent only to the participants of that seat
  if (scope === "console") return;
  setTimeout(refresh, event && scope === "room" ? 200 * Math.random() : 0); // spreads the requests of forty phones
});

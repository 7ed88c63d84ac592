// The instructor console: one page for a room. The key is stored for this tab only, and sent in a header.
import { ladderView, messageList, modelNote, nameOf, outcomeBars, publicChart, setNames, startClock, storyList } from "./board.js";
import { announce, byId, coalesce, confirmDialog, el, loadTexts, request, storage, subscribe, t, update } from "./core.js";
import { drawDebrief } from "./debrief.js";
import { drawEventForm } from "./event_form.js";
import { drawRooms } from "./rooms.js";
import { drawSeats } from "./seats.js";

await loadTexts();
let key = storage.get("detente-key", sessionStorage);
let code = new URLSearchParams(location.search).get("room");
let view = null;
let debriefedLesson = null;
const auth = () => ({ Authorization: `Instructor ${key}` });
const room = (path = "") => `/class/api/rooms/${encodeURIComponent(code)}${path}`;
const setClock = startClock(byId("clock"));

byId("enter").addEventListener("submit", async (event) => {
  event.preventDefault();
  key = byId("key").value.trim();
  byId("error").textContent = "";
  if (await checkKey()) start();
});

/** Check the key with the server; a wrong one is deleted. */
async function checkKey() {
  if (!key) return false;
  try {
    await request("/class/api/key", { auth: auth() });
    storage.set("detente-key", key, sessionStorage);
    return true;
  } catch (error) {
    storage.drop("detente-key", sessionStorage);
    byId("error").textContent = error.message;
    byId("key").focus();
    return false;
  }
}

function start() {
  byId("enter").hidden = true;
  byId("key").value = "";
  if (code) openRoom(code);
  else showRooms();
}

const showRooms = () => drawRooms(byId("rooms"), { auth: auth(), open: openRoom, showError });

async function openRoom(chosen) {
  code = chosen;
  history.replaceState(null, "", `/class/console?room=${encodeURIComponent(code)}`);
  byId("rooms").hidden = true;
  await refresh();
  subscribe(code, () => refresh());
}

const refresh = coalesce(async () => {
  try {
    view = await request(room("/console"), { auth: auth() });
    draw();
  } catch (error) {
    if (error.code === "room.unknown" || error.status === 401) { location.assign("/class/console"); return; }
    showError(error);
  }
});

function showError(error) {
  byId("error").textContent = error ? error.message : "";
}

/** Send an action for the lesson, and refresh the page. */
async function act(action, more = {}) {
  try {
    await request(room("/do"), { body: { action, ...more }, auth: auth() });
    showError(null);
  } catch (error) {
    showError(error);
  }
  return refresh();
}

const context = { auth, room: () => room(), act, showError, refresh, get view() { return view; } };

function draw() {
  setNames(view);
  const none = !view.lesson || view.phase === "none";
  const over = view.phase === "ended";
  byId("where").textContent = `${view.title} · ${view.code}`;
  update(byId("lesson"), [view.lessons, none, over], () => drawLessons(none || over));
  byId("lesson").hidden = false;
  byId("left").hidden = none;
  byId("course").closest("section").hidden = over; // the debrief shows it
  byId("right").hidden = false;
  for (const id of ["notice-title", "event-title", "forecasts-title", "messages-title", "settings-title"]) {
    byId(id).closest("section").hidden = none || (over && !["forecasts-title", "messages-title"].includes(id));
  }
  const running = !none && !["lobby", "ended"].includes(view.phase);
  byId("how-to-join").closest("section").classList.toggle("running", running); // moves it below the other cards
  update(byId("how-to-join"), [view.link, view.qr, view.host_note, view.code], drawHowToJoin);
  if (none) return;
  const at = { phase: t(`phase.${view.phase}`), turn: view.turn, turns: view.turns, month: view.month };
  byId("run-title").textContent = t("console.at", at);
  setClock(over || view.phase === "paused" ? null : view.clock);
  update(byId("run"), [view.phase, view.turn, view.settings, view.outcome, view.load, view.other_model], drawRun);
  update(byId("seats"), [view.seats, view.people.map(({ seen, ...person }) => person), view.phase], () => drawSeats(context));
  update(byId("course"), [view.ladder, view.charts, view.story], drawCourse);
  update(byId("forecasts"), view.forecasts, drawForecasts);
  update(byId("message-log"), view.messages, drawMessages);
  update(byId("pending"), view.pending, drawPending);
  update(byId("settings"), view.settings, drawSettings);
  drawEventForm(context);
  if (over && debriefedLesson !== view.lesson) {
    debriefedLesson = view.lesson;
    byId("debrief").hidden = false;
    const query = `?lesson=${view.lesson}`;
    const files = { exports: room("/export/"), seat: null, isCurrent: () => debriefedLesson !== null };
    drawDebrief(byId("debrief"), { auth: auth(), path: room("/debrief"), query, ...files });
  } else if (!over) {
    debriefedLesson = null;
    byId("debrief").hidden = true;
  }
}

function drawLessons(open) {
  const lessons = view.lessons.map((each) => {
    const phase = each.outcome ? t(`outcome.${each.outcome}`) : t(`phase.${each.phase}`);
    return t("console.lesson", { lesson: each.lesson, scenario: each.scenario, phase });
  });
  const list = el("p", { class: "muted", hidden: !lessons.length }, lessons.join(" · "));
  if (!open) return list;
  const form = el("details", { open: !lessons.length, class: "card" },
    el("summary", {}, t("console.new_lesson")), el("div", { id: "new-lesson" }));
  form.addEventListener("toggle", () => form.open && fillLessonForm(form));
  if (form.open) queueMicrotask(() => fillLessonForm(form));
  return [list, form];
}

async function fillLessonForm(form) {
  if (form.dataset.filled) return;
  form.dataset.filled = "yes";
  const { drawLessonForm } = await import("./lesson_form.js");
  await drawLessonForm(form.querySelector("#new-lesson"), context);
}

function drawHowToJoin([link, qr, note]) {
  const picture = { alt: t("screen.square", { link }), src: `data:image/svg+xml,${encodeURIComponent(qr)}` };
  return el("div", { class: "how-to-join" }, el("img", picture),
    el("div", { class: "stack" }, el("p", { class: "join-code" }, view.code), el("p", {}, el("bdi", { dir: "ltr" }, link)),
      el("p", { class: "muted" }, t(note === "network" ? "console.network" : "console.loopback")),
      el("div", { class: "row" },
        el("a", { class: "button", href: `/class/projector/${view.code}`, target: "_blank" }, t("console.projector")),
        el("a", { class: "button", href: `/class/cards/${view.code}`, target: "_blank" }, t("page.cards")),
        el("a", { class: "button", href: "/class/console" }, t("console.rooms")))));
}

function actionButton(key, action, more, kind = "") {
  return el("button", { type: "button", class: kind, "data-key": action, onclick: () => act(action, more) }, t(key));
}

function confirmedButton(key, question, action) {
  const onclick = async () => {
    if (await confirmDialog(t(question), t("page.yes"), t("page.cancel"))) act(action);
  };
  return el("button", { type: "button", "data-key": action, onclick }, t(key));
}

function drawRun() {
  const outcome = view.outcome && t("debrief.ended", { outcome: t(`outcome.${view.outcome}`) });
  if (view.phase === "ended") return [modelNote(view), el("p", {}, el("b", {}, outcome || t("play.over")))];
  const running = view.phase === "playing";
  return [modelNote(view), el("div", { class: "row" },
    view.phase === "lobby" ? actionButton("console.start", "start", {}, "main") : null,
    running ? actionButton("console.pause", "pause") : null,
    view.phase === "paused" ? actionButton("console.resume", "resume", {}, "main") : null,
    running ? [actionButton("console.next", "next", {}, "main"), actionButton("console.slowest", "slowest")] : null,
    running && view.clock.seconds ? actionButton("console.extend", "extend", { seconds: 60 }) : null,
    view.phase === "lobby" ? null : confirmedButton("console.end", "console.end_sure", "end"),
    view.phase === "lobby" ? null : confirmedButton("console.stop", "console.stop_sure", "stop"))];
}

function drawCourse() {
  const begun = view.charts?.months?.length > 1;
  const charts = begun ? Object.keys(view.charts.talks).map((talks) => publicChart(view.charts, talks, nameOf(talks))) : [];
  const ladders = view.ladder.map((talks) => ladderView(talks, view.ladder.length > 1));
  return [...charts, ...ladders, storyList(view.story.slice(-12).reverse())];
}

function drawForecasts(forecasts) {
  const last = forecasts.rounds?.findLast((each) => each.mean);
  const given = forecasts.open ? forecasts.given : last?.given || 0;
  const made = [el("p", { class: "muted" }, t(forecasts.open ? "console.forecasts_open" : "console.forecasts_closed", { given, of: forecasts.of }))];
  const mean = forecasts.mean || last?.mean;
  if (mean) made.push(outcomeBars(mean));
  return made;
}

function drawMessages(messages) {
  if (!messages.length) return el("p", { class: "muted" }, t("play.message_none"));
  return messageList(messages.slice(-40).reverse());
}

function drawPending(pending) {
  return el("ul", { class: "feed" }, pending.map((event, at) => el("li", { class: "row between" }, event.label,
    el("button", { type: "button", class: "small", onclick: () => act("cancel", { at }) }, t("page.cancel")))));
}

function drawSettings(settings) {
  const set = (each, value) => act("set", { settings: { [each]: value } });
  const ticks = ["messages", "advisor", "waits"].map((each) => el("label", { class: "tick" },
    el("input", {
      type: "checkbox", checked: settings[each], "data-key": `set-${each}`,
      onchange: (event) => set(each, event.target.checked),
    }), t(`console.${each}`)));
  const numbers = ["seconds", "absent"].map((each) => el("div", {},
    el("label", { htmlFor: `set-${each}` }, t(`console.${each}`)),
    el("input", {
      type: "number", id: `set-${each}`, min: 0, max: 3600, value: settings[each], "data-key": `set-${each}`,
      onchange: (event) => set(each, Number(event.target.value)),
    })));
  const openButtons = el("div", { class: "row" }, actionButton("console.close", "close"), actionButton("console.open", "open"));
  return [...ticks, el("div", { class: "pairs" }, numbers), openButtons];
}

byId("notice").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = byId("notice-text").value.trim();
  if (!text) return;
  await act("notice", { text });
  byId("notice-text").value = "";
  announce(t("console.notice_sent"));
});

if (await checkKey()) start();

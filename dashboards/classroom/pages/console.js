// The instructor's console: one page for a room. The key is kept for this tab only, and sent as a header.
import { call, chronicle, endings, ladder, letters, name, publicChart, runClock } from "./board.js";
import { announce, ask, confirmed, el, fill, follow, kept, loadWords, part, say, single } from "./core.js";
import { drawDebrief } from "./debrief.js";
import { events } from "./injecting.js";
import { drawRooms } from "./rooms.js";
import { drawSeats } from "./seats.js";

await loadWords();
let key = kept.get("detente-key", sessionStorage);
let code = new URLSearchParams(location.search).get("room");
let view = null;
let debriefed = null;
const who = () => ({ Authorization: `Instructor ${key}` });
const room = (path = "") => `/class/api/rooms/${encodeURIComponent(code)}${path}`;
const setClock = runClock(part("clock"));

part("enter").addEventListener("submit", async (event) => {
  event.preventDefault();
  key = part("key").value.trim();
  part("fault").textContent = "";
  if (await opens()) start();
});

/** Check the key with the server; a wrong one is forgotten. */
async function opens() {
  if (!key) return false;
  try {
    await ask("/class/api/key", { who: who() });
    kept.set("detente-key", key, sessionStorage);
    return true;
  } catch (refused) {
    kept.drop("detente-key", sessionStorage);
    part("fault").textContent = refused.message;
    part("key").focus();
    return false;
  }
}

function start() {
  part("enter").hidden = true;
  part("key").value = "";
  if (code) openRoom(code);
  else showRooms();
}

const showRooms = () => drawRooms(part("rooms"), { who: who(), open: openRoom, fault: tell });

async function openRoom(chosen) {
  code = chosen;
  history.replaceState(null, "", `/class/console?room=${encodeURIComponent(code)}`);
  part("rooms").hidden = true;
  await refresh();
  follow(code, () => refresh());
}

const refresh = single(async () => {
  try {
    view = await ask(room("/console"), { who: who() });
    draw();
  } catch (refused) {
    if (refused.code === "room.unknown" || refused.status === 401) { location.assign("/class/console"); return; }
    tell(refused);
  }
});

function tell(refused) {
  part("fault").textContent = refused ? refused.message : "";
}

/** Do something to the lesson, and show what came of it. */
async function act(action, more = {}) {
  try {
    await ask(room("/do"), { body: { action, ...more }, who: who() });
    tell(null);
  } catch (refused) {
    tell(refused);
  }
  return refresh();
}

const changing = { who, room: () => room(), act, tell, refresh, get view() { return view; } };

function draw() {
  call(view);
  const none = !view.lesson || view.phase === "none";
  const over = view.phase === "ended";
  part("where").textContent = `${view.title} · ${view.code}`;
  fill(part("lesson"), [view.lessons, none, over], () => drawLessons(none || over));
  part("lesson").hidden = false;
  part("left").hidden = none;
  part("course").closest("section").hidden = over; // the debrief holds it
  part("right").hidden = false;
  for (const id of ["notice-title", "event-title", "bets-title", "talk-title", "set-title"]) {
    part(id).closest("section").hidden = none || (over && !["bets-title", "talk-title"].includes(id));
  }
  const running = !none && !["lobby", "ended"].includes(view.phase);
  part("way").closest("section").classList.toggle("running", running); // out of the way then
  fill(part("way"), [view.link, view.qr, view.host_note, view.code], drawWay);
  if (none) return;
  const at = { phase: say(`phase.${view.phase}`), round: view.turn, rounds: view.turns, month: view.month };
  part("run-title").textContent = say("console.at", at);
  setClock(over || view.phase === "paused" ? null : view.clock);
  fill(part("run"), [view.phase, view.turn, view.settings, view.outcome, view.load], drawRun);
  fill(part("seats"), [view.seats, view.people.map(({ seen, ...person }) => person), view.phase], () => drawSeats(changing));
  fill(part("course"), [view.ladder, view.charts, view.story], drawCourse);
  fill(part("bets"), view.bets, drawBets);
  fill(part("talk"), view.messages, drawTalk);
  fill(part("pending"), view.pending, drawPending);
  fill(part("settings"), view.settings, drawSettings);
  events(changing);
  if (over && debriefed !== view.lesson) {
    debriefed = view.lesson;
    part("debrief").hidden = false;
    const query = `?lesson=${view.lesson}`;
    const files = { exports: room("/export/"), seat: null, still: () => debriefed !== null };
    drawDebrief(part("debrief"), { who: who(), path: room("/debrief"), query, ...files });
  } else if (!over) {
    debriefed = null;
    part("debrief").hidden = true;
  }
}

function drawLessons(open) {
  const lessons = view.lessons.map((each) => {
    const phase = each.outcome ? say(`outcome.${each.outcome}`) : say(`phase.${each.phase}`);
    return say("console.lesson", { lesson: each.lesson, scenario: each.scenario, phase });
  });
  const list = el("p", { class: "soft", hidden: !lessons.length }, lessons.join(" · "));
  if (!open) return list;
  const form = el("details", { open: !lessons.length, class: "card" },
    el("summary", {}, say("console.new_lesson")), el("div", { id: "new-lesson" }));
  form.addEventListener("toggle", () => form.open && fillNew(form));
  if (form.open) queueMicrotask(() => fillNew(form));
  return [list, form];
}

async function fillNew(form) {
  if (form.dataset.filled) return;
  form.dataset.filled = "yes";
  const { newLesson } = await import("./opening.js");
  await newLesson(form.querySelector("#new-lesson"), changing);
}

function drawWay([link, qr, note]) {
  const picture = { alt: say("screen.square", { link }), src: `data:image/svg+xml,${encodeURIComponent(qr)}` };
  return el("div", { class: "way" }, el("img", picture),
    el("div", { class: "stack" }, el("p", { class: "join-code" }, view.code), el("p", {}, el("bdi", { dir: "ltr" }, link)),
      el("p", { class: "soft" }, say(note === "network" ? "console.network" : "console.loopback")),
      el("div", { class: "row" },
        el("a", { class: "button", href: `/class/projector/${view.code}`, target: "_blank" }, say("console.projector")),
        el("a", { class: "button", href: `/class/cards/${view.code}`, target: "_blank" }, say("page.cards")),
        el("a", { class: "button", href: "/class/console" }, say("console.rooms")))));
}

function button(words, action, more, kind = "") {
  return el("button", { type: "button", class: kind, "data-key": action, onclick: () => act(action, more) }, say(words));
}

function sure(words, question, action) {
  const onclick = async () => {
    if (await confirmed(say(question), say("page.yes"), say("page.cancel"))) act(action);
  };
  return el("button", { type: "button", "data-key": action, onclick }, say(words));
}

function drawRun() {
  const outcome = view.outcome && say("debrief.ended", { outcome: say(`outcome.${view.outcome}`) });
  if (view.phase === "ended") return el("p", {}, el("b", {}, outcome || say("play.over")));
  const running = view.phase === "playing";
  return el("div", { class: "row" },
    view.phase === "lobby" ? button("console.start", "start", {}, "main") : null,
    running ? button("console.pause", "pause") : null,
    view.phase === "paused" ? button("console.resume", "resume", {}, "main") : null,
    running ? [button("console.next", "next", {}, "main"), button("console.slowest", "slowest")] : null,
    running && view.clock.seconds ? button("console.extend", "extend", { seconds: 60 }) : null,
    view.phase === "lobby" ? null : sure("console.end", "console.end_sure", "end"),
    view.phase === "lobby" ? null : sure("console.stop", "console.stop_sure", "stop"));
}

function drawCourse() {
  const begun = view.charts?.months?.length > 1;
  const charts = begun ? Object.keys(view.charts.talks).map((talks) => publicChart(view.charts, talks, name(talks))) : [];
  const ladders = view.ladder.map((talks) => ladder(talks, view.ladder.length > 1));
  return [...charts, ...ladders, chronicle(view.story.slice(-12).reverse())];
}

function drawBets(bets) {
  const last = bets.rounds?.findLast((each) => each.mean);
  const given = bets.open ? bets.given : last?.given || 0;
  const made = [el("p", { class: "soft" }, say(bets.open ? "console.bets_open" : "console.bets_closed", { given, of: bets.of }))];
  const mean = bets.mean || last?.mean;
  if (mean) made.push(endings(mean));
  return made;
}

function drawTalk(messages) {
  if (!messages.length) return el("p", { class: "soft" }, say("play.message_none"));
  return letters(messages.slice(-40).reverse());
}

function drawPending(pending) {
  return el("ul", { class: "feed" }, pending.map((event, at) => el("li", { class: "row between" }, event.label,
    el("button", { type: "button", class: "small", onclick: () => act("cancel", { at }) }, say("page.cancel")))));
}

function drawSettings(settings) {
  const set = (each, value) => act("set", { settings: { [each]: value } });
  const ticks = ["messages", "advisor", "waits"].map((each) => el("label", { class: "tick" },
    el("input", {
      type: "checkbox", checked: settings[each], "data-key": `set-${each}`,
      onchange: (event) => set(each, event.target.checked),
    }), say(`console.${each}`)));
  const numbers = ["seconds", "absent"].map((each) => el("div", {},
    el("label", { htmlFor: `set-${each}` }, say(`console.${each}`)),
    el("input", {
      type: "number", id: `set-${each}`, min: 0, max: 3600, value: settings[each], "data-key": `set-${each}`,
      onchange: (event) => set(each, Number(event.target.value)),
    })));
  const door = el("div", { class: "row" }, button("console.close", "close"), button("console.open", "open"));
  return [...ticks, el("div", { class: "pairs" }, numbers), door];
}

part("notice").addEventListener("submit", async (event) => {
  event.preventDefault();
  const words = part("words").value.trim();
  if (!words) return;
  await act("notice", { text: words });
  part("words").value = "";
  announce(say("console.notice_sent"));
});

if (await opens()) start();

// Joining: view a room, choose a seat, and take it with the button.
import { scenarioText, setNames } from "./board.js";
import { byId, el, request, t, update } from "./core.js";

const PHASES = { none: "join.waiting", lobby: "join.waiting", ended: "join.over" };
const ROLES = { state: "states", facilitator: "facilitators", body: "bodies" };

/** Return a function that shows the room and its join form; `onJoined` is called after a seat was taken. */
export function joinForm(code, onJoined) {
  async function show() {
    byId("playing").hidden = byId("debrief").hidden = true;
    try {
      const room = await request("/class/api/look", { body: { code } });
      setNames({ scenario: room.scenario });
      byId("join").hidden = false;
      update(byId("room"), room, drawRoom);
      update(byId("choice"), [room.seats, room.chooses, room.open], () => drawSeats(room));
      byId("enter").hidden = !room.open;
    } catch (error) {
      byId("join").hidden = true;
      byId("error").textContent = error.message;
    }
  }

  byId("enter").addEventListener("submit", async (event) => {
    event.preventDefault();
    const seat = byId("choice").querySelector("input:checked")?.value || null;
    byId("take").disabled = true;
    byId("error").textContent = "";
    try {
      await request("/class/api/join", { body: { code, name: byId("name").value, seat } });
      await onJoined();
    } catch (error) {
      byId("error").textContent = error.message;
      if (error.code === "name.bad") byId("name").focus();
      else show();
    } finally {
      byId("take").disabled = false;
    }
  });
  return show;
}

function drawRoom(room) {
  const title = room.scenario ? scenarioText(room.scenario.title, "title") : "";
  return [el("p", {}, el("b", { dir: "auto" }, room.title), title ? ` · ${title}` : ""),
    el("p", { class: "muted" }, t(PHASES[room.phase] || "join.running")),
    room.scenario ? el("p", { class: "muted" }, scenarioText(room.scenario.summary, "summary")) : null].filter(Boolean);
}

function drawSeats(room) {
  if (!room.chooses) return el("p", {}, t("join.given"));
  if (!room.seats.some((seat) => seat.people < seat.most)) return el("p", { class: "info" }, t("join.seats_none"));
  return [el("legend", {}, t("join.choose")), ...[{ seat: "" }, ...room.seats].map(drawSeat)];
}

function drawSeat(seat) {
  const full = Boolean(seat.seat) && seat.people >= seat.most;
  const radio = el("input", { type: "radio", name: "seat", value: seat.seat, checked: !seat.seat, disabled: full, "data-key": `seat-${seat.seat}` });
  if (!seat.seat) return el("label", {}, radio, t("join.any"));
  return el("label", {}, radio, scenarioText(seat.name, `${ROLES[seat.kind]}.${seat.seat}.name`),
    el("span", { class: "muted" }, full ? t("join.full") : seat.people ? t("join.taken", seat) : t("join.free")),
    el("small", {}, t(`role.${seat.kind}`)));
}

// Joining: look at a room, choose a seat, and take it by pressing a button; nothing is taken before.
import { call, text } from "./board.js";
import { ask, el, fill, part, say } from "./core.js";

const PHASES = { none: "join.waiting", lobby: "join.waiting", ended: "join.over" };
const ROLES = { state: "states", facilitator: "facilitators", body: "bodies" };

/** Make what shows a room to somebody who has no seat in it; `seated` is called once a seat was taken. */
export function joining(code, seated) {
  async function look() {
    part("playing").hidden = part("debrief").hidden = true;
    try {
      const room = await ask("/class/api/look", { body: { code } });
      call({ scenario: room.scenario });
      part("join").hidden = false;
      fill(part("room"), room, drawRoom);
      fill(part("choice"), [room.seats, room.chooses, room.open], () => drawSeats(room));
      part("enter").hidden = !room.open;
    } catch (refused) {
      part("join").hidden = true;
      part("fault").textContent = refused.message;
    }
  }

  part("enter").addEventListener("submit", async (event) => {
    event.preventDefault();
    const seat = part("choice").querySelector("input:checked")?.value || null;
    part("take").disabled = true;
    part("fault").textContent = "";
    try {
      await ask("/class/api/join", { body: { code, name: part("name").value, seat } });
      await seated();
    } catch (refused) {
      part("fault").textContent = refused.message;
      if (refused.code === "name.bad") part("name").focus();
      else look();
    } finally {
      part("take").disabled = false;
    }
  });
  return look;
}

function drawRoom(room) {
  const title = room.scenario ? text(room.scenario.title, "title") : "";
  return [el("p", {}, el("b", { dir: "auto" }, room.title), title ? ` · ${title}` : ""),
    el("p", { class: "soft" }, say(PHASES[room.phase] || "join.running")),
    room.scenario ? el("p", { class: "soft" }, text(room.scenario.summary, "summary")) : null].filter(Boolean);
}

function drawSeats(room) {
  if (!room.chooses) return el("p", {}, say("join.given"));
  if (!room.seats.some((seat) => seat.people < seat.most)) return el("p", { class: "told" }, say("join.seats_none"));
  return [el("legend", {}, say("join.choose")), ...[{ seat: "" }, ...room.seats].map(drawSeat)];
}

function drawSeat(seat) {
  const full = Boolean(seat.seat) && seat.people >= seat.most;
  const radio = el("input", { type: "radio", name: "seat", value: seat.seat, checked: !seat.seat, disabled: full, "data-key": `seat-${seat.seat}` });
  if (!seat.seat) return el("label", {}, radio, say("join.any"));
  return el("label", {}, radio, text(seat.name, `${ROLES[seat.kind]}.${seat.seat}.name`),
    el("span", { class: "soft" }, full ? say("join.full") : seat.people ? say("join.taken", seat) : say("join.free")),
    el("small", {}, say(`role.${seat.kind}`)));
}

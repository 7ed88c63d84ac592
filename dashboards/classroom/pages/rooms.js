// The rooms of this laptop: open one, or make one.
import { ask, confirmed, el, say } from "./core.js";

/** Draw the list of rooms, and what makes a new one. */
export async function drawRooms(place, { who, open, fault }) {
  place.hidden = false;
  let rooms = [];
  try {
    rooms = await ask("/class/api/rooms", { who });
  } catch (refused) {
    fault(refused);
  }
  const again = () => drawRooms(place, { who, open, fault });
  const title = el("input", { id: "room-title", maxLength: 80, value: say("console.first_title") });
  const make = async (event) => {
    event.preventDefault();
    try {
      open((await ask("/class/api/rooms", { body: { title: title.value }, who })).code);
    } catch (refused) {
      fault(refused);
    }
  };
  const drop = async (room) => {
    if (!(await confirmed(say("console.delete_sure", { title: room.title }), say("page.yes"), say("page.cancel")))) return;
    try {
      await ask(`/class/api/rooms/${encodeURIComponent(room.code)}`, { method: "DELETE", who });
    } catch (refused) {
      fault(refused);
    }
    again();
  };
  const list = el("ul", { class: "feed" }, rooms.map((room) => el("li", { class: "row between" },
    el("span", {}, el("b", {}, room.title), " ", el("bdi", { class: "soft", dir: "ltr" }, room.code),
      ` · ${say(`phase.${room.phase}`)} · ${say("screen.here", { count: room.people })}`),
    el("span", { class: "row" },
      el("button", { type: "button", onclick: () => open(room.code) }, say("console.open_room")),
      el("button", { type: "button", class: "small", onclick: () => drop(room) }, say("console.delete"))))));
  const form = el("form", { class: "stack", onsubmit: make, noValidate: true },
    el("div", {}, el("label", { htmlFor: "room-title" }, say("console.title")), title),
    el("div", { class: "row" }, el("button", { class: "main" }, say("console.make"))));
  place.replaceChildren(
    el("section", { class: "card" }, el("h2", {}, say("console.rooms")),
      rooms.length ? list : el("p", { class: "soft" }, say("console.no_rooms"))),
    el("section", { class: "card" }, el("h2", {}, say("console.new_room")), form));
}

// The rooms of this server: open, create or delete one.
import { joinedCount } from "./board.js";
import { confirmDialog, el, request, t } from "./core.js";

/** Draw the list of rooms and the form that creates one. */
export async function drawRooms(place, { auth, open, showError }) {
  place.hidden = false;
  let rooms = [];
  try {
    rooms = await request("/class/api/rooms", { auth });
  } catch (error) {
    showError(error);
  }
  const redraw = () => drawRooms(place, { auth, open, showError });
  const title = el("input", { id: "room-title", maxLength: 80, value: t("console.first_title") });
  const create = async (event) => {
    event.preventDefault();
    try {
      open((await request("/class/api/rooms", { body: { title: title.value }, auth })).code);
    } catch (error) {
      showError(error);
    }
  };
  const remove = async (room) => {
    if (!(await confirmDialog(t("console.delete_sure", { title: room.title }), t("page.yes"), t("page.cancel")))) return;
    try {
      await request(`/class/api/rooms/${encodeURIComponent(room.code)}`, { method: "DELETE", auth });
    } catch (error) {
      showError(error);
    }
    redraw();
  };
  const list = el("ul", { class: "feed" }, rooms.map((room) => el("li", { class: "row between" },
    el("span", {}, el("b", {}, room.title), " ", el("bdi", { class: "muted", dir: "ltr" }, room.code),
      ` · ${t(`phase.${room.phase}`)} · ${joinedCount(room.people)}`),
    el("span", { class: "row" },
      el("button", { type: "button", onclick: () => open(room.code) }, t("console.open_room")),
      el("button", { type: "button", class: "small", onclick: () => remove(room) }, t("console.delete"))))));
  const form = el("form", { class: "stack", onsubmit: create, noValidate: true },
    el("div", {}, el("label", { htmlFor: "room-title" }, t("console.title")), title),
    el("div", { class: "row" }, el("button", { class: "main" }, t("console.make"))));
  place.replaceChildren(
    el("section", { class: "card" }, el("h2", {}, t("console.rooms")),
      rooms.length ? list : el("p", { class: "muted" }, t("console.no_rooms"))),
    el("section", { class: "card" }, el("h2", {}, t("console.new_room")), form));
}

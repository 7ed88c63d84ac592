// The table of seats: who is present, who has moved, who is late; hand over, move, remove.
import { nameOf } from "./board.js";
import { el, t } from "./core.js";

const STATE_CLASSES = { done: "here", draft: "here", waiting: "", late: "late", agent: "gone" };
const COLUMNS = ["seat", "people", "move", "agent"];

/** Draw the table of seats. */
export function drawSeats({ view, act }) {
  const heads = COLUMNS.map((each) => el("th", { scope: "col" }, t(`console.column_${each}`)));
  const table = el("table", {},
    el("thead", {}, el("tr", {}, heads)),
    el("tbody", {}, view.seats.map((seat) => drawSeat(seat, view, act))));
  return el("div", { class: "scroll", tabIndex: 0, role: "region", "aria-label": t("console.seats") }, table);
}

function drawSeat(seat, view, act) {
  const people = view.people.filter((person) => person.seat === seat.seat);
  const handed = seat.agent === "handed";
  const label = t(handed ? "console.give_back" : "console.hand");
  const state = el("span", { class: `state ${STATE_CLASSES[seat.state]}` }, t(`console.state_${seat.state}`));
  return el("tr", {},
    el("th", { scope: "row" }, nameOf(seat.seat), el("div", { class: "muted" }, t(`role.${seat.kind}`))),
    el("td", {}, people.length
      ? el("ul", {}, people.map((person) => drawPerson(person, view, act)))
      : el("span", { class: "muted" }, t("join.free"))),
    el("td", {}, view.phase === "ended" ? null : state,
      seat.agent ? el("div", { class: "muted" }, t(`console.agent_${seat.agent}`)) : null),
    el("td", {}, el("button", {
      type: "button", class: "small", "data-key": `hand-${seat.seat}`, "aria-label": `${label}: ${nameOf(seat.seat)}`,
      onclick: () => act("hand", { seat: seat.seat, agent: !handed }),
    }, label)));
}

function drawPerson(person, view, act) {
  const places = el("select", {
    class: "tiny", "data-key": `person-${person.person}`, "aria-label": t("console.move_person", { name: person.name }),
    onchange: () => (places.value === "-"
      ? act("remove", { person: person.person })
      : act("move_person", { person: person.person, seat: places.value })),
  },
  view.seats.map((seat) => el("option", { value: seat.seat, selected: seat.seat === person.seat }, nameOf(seat.seat))),
  el("option", { value: "-" }, t("console.remove")));
  return el("li", { class: "row person" },
    el("span", { class: `state ${person.present ? "here" : "gone"}` }, person.name),
    el("span", { class: "visually-hidden" }, t(person.present ? "console.present" : "console.away")), places);
}

// The form for a new lesson: scenario, seats, clock, permissions.
import { nameOf, scenarioText, setNames } from "./board.js";
import { el, request, t } from "./core.js";

const NUMBERS = { rounds: [36, 1, 240], months: [3, 1, 12], seconds: [120, 0, 3600], absent: [60, 20, 3600], seed: ["", 0] };
const TICKS = { chooses: true, messages: true, advisor: true, waits: true };

/** Draw the form that opens a lesson. */
export async function drawLessonForm(place, { auth, room, showError, refresh }) {
  const scenarios = await request("/class/api/scenarios");
  const scenario = el("select", { id: "new-scenario" }, scenarios.map((each) => {
    setNames({ scenario: each });
    return el("option", { value: each.id }, scenarioText(each.title, "title"));
  }));
  const seats = el("fieldset", { class: "stack" });
  const summary = el("p", { class: "muted" });
  const numbers = Object.fromEntries(Object.entries(NUMBERS).map(([each, [value, min, max]]) =>
    [each, el("input", { type: "number", id: `new-${each}`, value, min, max })]));
  numbers.seed.max = document.querySelector("[data-largest-seed]").dataset.largestSeed;
  const ticks = Object.fromEntries(Object.entries(TICKS).map(([each, on]) => [each, el("input", { type: "checkbox", checked: on })]));
  const sight = el("select", { id: "new-sight" }, ["own", "public", "all"].map((each) =>
    el("option", { value: each }, t(`console.sight_${each}`))));
  const bets = el("input", { id: "new-bets", value: "0, 4, 8", inputMode: "numeric" });
  const choose = () => {
    const now = scenarios.find((each) => each.id === scenario.value);
    setNames({ scenario: now, names: Object.fromEntries(now.seats.map((seat) => [seat.seat, seat.name])) });
    summary.textContent = scenarioText(now.summary, "summary");
    numbers.rounds.max = Math.min(now.rounds, NUMBERS.rounds[2]);
    numbers.rounds.value = Math.min(36, now.rounds);
    seats.replaceChildren(el("legend", {}, t("console.seats_lead")), el("div", { class: "pairs" }, now.seats.map((seat) => el("div", {},
      el("label", { htmlFor: `new-seat-${seat.seat}` }, `${nameOf(seat.seat)} (${t(`role.${seat.kind}`)})`),
      el("input", { type: "number", id: `new-seat-${seat.seat}`, min: 0, max: 20, value: seat.kind === "state" ? 3 : 1, "data-seat": seat.seat })))));
  };
  scenario.addEventListener("change", choose);
  choose();
  const send = async (event) => {
    event.preventDefault();
    const limits = [...seats.querySelectorAll("input")].map((input) => [input.dataset.seat, Number(input.value)]).filter(([, most]) => most > 0);
    const body = { scenario: scenario.value, seats: Object.fromEntries(limits), sight: sight.value };
    for (const each of Object.keys(NUMBERS)) body[each] = numbers[each].value === "" ? null : Number(numbers[each].value);
    for (const each of Object.keys(TICKS)) body[each] = ticks[each].checked;
    body.bets = bets.value.split(/[\s,]+/).filter(Boolean).map(Number);
    try {
      await request(`${room()}/lessons`, { body, auth: auth() });
      showError(null);
      refresh();
    } catch (error) {
      showError(error);
    }
  };
  const field = (each, input) => el("div", {}, el("label", { htmlFor: input.id }, t(`console.${each}`)), input);
  place.replaceChildren(el("form", { class: "stack", noValidate: true, onsubmit: send }, field("scenario", scenario), summary, seats,
    el("div", { class: "pairs" }, Object.entries(numbers).map(([each, input]) => field(each, input)), field("sight", sight), field("bets", bets)),
    el("div", { class: "row" }, Object.entries(ticks).map(([each, input]) => el("label", { class: "tick" }, input, t(`console.${each}`)))),
    el("div", { class: "row" }, el("button", { class: "main" }, t("console.open_lesson")))));
}

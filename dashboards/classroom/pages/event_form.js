// The form for triggering an event: its kind, whom it affects, its size.
import { byId, el, request, t } from "./core.js";

let offers = [];
let forLesson = "";

/** Fill the form with the events that the lesson's scenario allows. */
export async function drawEventForm({ view, room, auth, act, showError }) {
  const now = `${view.code} ${view.lesson}`;
  if (now === forLesson || view.phase === "ended") return;
  forLesson = now;
  try {
    offers = (await request(`${room()}/events`, { auth: auth() })).filter((offer) => !offer.never);
  } catch (error) {
    forLesson = "";
    return showError(error);
  }
  byId("kind").replaceChildren(...offers.map((offer) => el("option", { value: offer.kind }, offer.label)));
  byId("kind").onchange = choose;
  byId("inject").onsubmit = (event) => {
    event.preventDefault();
    const offer = chosen();
    const { negotiation = null, actor = null, counterpart = null } = offer.choices[Number(byId("affects").value)] || {};
    const value = offer.value ? Number(byId("size").value) : null;
    act("inject", { event: { kind: offer.kind, negotiation, actor, counterpart, value } });
  };
  choose();
}

const chosen = () => offers.find((offer) => offer.kind === byId("kind").value) || offers[0];

function choose() {
  const offer = chosen();
  if (!offer) return;
  byId("event-meaning").textContent = offer.meaning;
  byId("affected").hidden = offer.choices.length < 2;
  byId("affects").replaceChildren(...offer.choices.map((choice, at) => el("option", { value: at }, choice.label || t("play.everyone"))));
  byId("size-field").hidden = !offer.value;
  if (offer.value) {
    const { usual, low, high } = offer.value;
    Object.assign(byId("size"), { value: usual, min: low, max: high });
  }
}

// Events that the instructor can set off: which there are, whom they befall, how large they are.
import { ask, el, part, say } from "./core.js";

let offers = [];
let forLesson = "";

/** Fill the form with the events that this lesson's scenario allows. */
export async function events({ view, room, who, act, tell }) {
  const now = `${view.code} ${view.lesson}`;
  if (now === forLesson || view.phase === "ended") return;
  forLesson = now;
  try {
    offers = (await ask(`${room()}/events`, { who: who() })).filter((offer) => !offer.never);
  } catch (refused) {
    forLesson = "";
    return tell(refused);
  }
  part("kind").replaceChildren(...offers.map((offer) => el("option", { value: offer.kind }, offer.label)));
  part("kind").onchange = choose;
  part("inject").onsubmit = (event) => {
    event.preventDefault();
    const offer = chosen();
    const { negotiation = null, actor = null, counterpart = null } = offer.choices[Number(part("whom").value)] || {};
    const value = offer.value ? Number(part("size").value) : null;
    act("inject", { event: { kind: offer.kind, negotiation, actor, counterpart, value } });
  };
  choose();
}

const chosen = () => offers.find((offer) => offer.kind === part("kind").value) || offers[0];

function choose() {
  const offer = chosen();
  if (!offer) return;
  part("event-meaning").textContent = offer.meaning;
  part("befalls").hidden = offer.choices.length < 2;
  part("whom").replaceChildren(...offer.choices.map((choice, at) => el("option", { value: at }, choice.label || say("play.everyone"))));
  part("sized").hidden = !offer.value;
  if (offer.value) {
    const { usual, low, high } = offer.value;
    Object.assign(part("size"), { value: usual, min: low, max: high });
  }
}

// Place your bets: a chance for each ending, together 100 %.
import { endings, OUTCOMES } from "./board.js";
import { announce, ask, el, fill, number, say } from "./core.js";

let typed = null; // what is typed and not sent yet
let forRound = null;

/** Draw the bet that is due, or the one that stands. */
export function drawBets(view, place) {
  const bets = view.bets || {};
  const mine = Object.entries(bets.mine || {});
  place.section.hidden = !(bets.open || mine.length) || view.phase === "ended";
  if (place.section.hidden) return;
  if (forRound !== bets.at) [forRound, typed] = [bets.at, null];
  const closed = () => [el("p", { class: "soft" }, say("bets.closed")), endings(mine.at(-1)[1])];
  fill(place.place, [bets, view.phase], () => (bets.open ? form(bets, place, mine) : closed()));
}

function form(bets, place, mine) {
  const own = bets.mine?.[bets.at];
  const start = typed || own || mine.at(-1)?.[1] || Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 25]));
  const now = { ...start };
  const total = el("p", { class: "number", role: "status" });
  const show = () => {
    const sum = OUTCOMES.reduce((all, outcome) => all + (Number(now[outcome]) || 0), 0);
    const wrong = Math.abs(sum - 100) > 0.5;
    total.textContent = say(wrong ? "bets.sum_wrong" : "bets.sum", { sum: number(sum) });
    total.className = wrong ? "fault number" : "number";
    button.disabled = wrong;
  };
  const button = el("button", { class: "main", "data-key": "bet" }, say("bets.send"));
  const fields = OUTCOMES.map((outcome) => {
    const id = `bet-${outcome}`;
    const range = { min: 0, max: 100, step: 1, value: now[outcome] };
    const words = say(`outcome.${outcome}`);
    const told = { id, inputMode: "decimal", "data-key": id, "aria-describedby": `${id}-meaning` };
    const exact = el("input", { type: "number", ...range, ...told });
    const rough = el("input", { type: "range", ...range, "aria-label": words, "data-key": `${id}-range` });
    const set = (from, to) => () => {
      now[outcome] = Math.min(100, Math.max(0, Number(from.value) || 0));
      to.value = now[outcome];
      typed = { ...now };
      show();
    };
    exact.addEventListener("input", set(exact, rough));
    rough.addEventListener("input", set(rough, exact));
    return el("div", { class: "bet" }, el("label", { htmlFor: id }, words),
      el("small", { class: "soft meaning", id: `${id}-meaning` }, say(`outcome.${outcome}_meaning`)), rough, exact);
  });
  const send = async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      await ask("/class/api/bet", { body: { at: bets.at, percent: now }, who: place.who });
      typed = null;
      announce(say("bets.placed"));
    } catch (refused) {
      announce(refused.message);
    }
    button.disabled = false;
    place.done();
  };
  const made = el("form", { class: "bets", noValidate: true, onsubmit: send },
    el("p", { class: "soft" }, say(mine.length && !own ? "bets.revise" : "bets.lead")), fields, total,
    own ? el("p", { class: "done" }, say("bets.placed")) : null, el("div", { class: "row" }, button));
  show();
  return made;
}

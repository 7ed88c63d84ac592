// Forecasts: a probability for each outcome, together 100 %.
import { OUTCOMES, outcomeBars } from "./board.js";
import { announce, el, formatNumber, request, t, update } from "./core.js";

let typed = null; // entered and not sent yet
let forTurn = null;

/** Draw the form of the open forecast, or the last forecast made. */
export function drawForecasts(view, place) {
  const forecasts = view.forecasts || {};
  const mine = Object.entries(forecasts.mine || {});
  place.section.hidden = !(forecasts.open || mine.length) || view.phase === "ended";
  if (place.section.hidden) return;
  if (forTurn !== forecasts.at) [forTurn, typed] = [forecasts.at, null];
  const closed = () => [el("p", { class: "muted" }, t("forecasts.closed")), outcomeBars(mine.at(-1)[1])];
  update(place.place, [forecasts, view.phase], () => (forecasts.open ? form(forecasts, place, mine) : closed()));
}

function form(forecasts, place, mine) {
  const own = forecasts.mine?.[forecasts.at];
  const start = typed || own || mine.at(-1)?.[1] || Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 25]));
  const now = { ...start };
  const total = el("p", { class: "number", role: "status" });
  const show = () => {
    const sum = OUTCOMES.reduce((all, outcome) => all + (Number(now[outcome]) || 0), 0);
    const wrong = Math.abs(sum - 100) > 0.5;
    total.textContent = t(wrong ? "forecasts.sum_wrong" : "forecasts.sum", { sum: formatNumber(sum) });
    total.className = wrong ? "error number" : "number";
    button.disabled = wrong;
  };
  const button = el("button", { class: "main", "data-key": "forecast" }, t("forecasts.send"));
  const fields = OUTCOMES.map((outcome) => {
    const id = `forecast-${outcome}`;
    const range = { min: 0, max: 100, step: 1, value: now[outcome] };
    const label = t(`outcome.${outcome}`);
    const attributes = { id, inputMode: "decimal", "data-key": id, "aria-describedby": `${id}-meaning` };
    const exact = el("input", { type: "number", ...range, ...attributes });
    const rough = el("input", { type: "range", ...range, "aria-label": label, "data-key": `${id}-range` });
    const set = (from, to) => () => {
      now[outcome] = Math.min(100, Math.max(0, Number(from.value) || 0));
      to.value = now[outcome];
      typed = { ...now };
      show();
    };
    exact.addEventListener("input", set(exact, rough));
    rough.addEventListener("input", set(rough, exact));
    return el("div", { class: "forecast" }, el("label", { htmlFor: id }, label),
      el("small", { class: "muted meaning", id: `${id}-meaning` }, t(`outcome.${outcome}_meaning`)), rough, exact);
  });
  const send = async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      await request("/class/api/forecast", { body: { at: forecasts.at, percent: now }, auth: place.auth });
      typed = null;
      announce(t("forecasts.placed"));
    } catch (error) {
      announce(error.message);
    }
    button.disabled = false;
    place.done();
  };
  const made = el("form", { class: "forecasts", noValidate: true, onsubmit: send },
    el("p", { class: "muted" }, t(mine.length && !own ? "forecasts.revise" : "forecasts.lead")), fields, total,
    own ? el("p", { class: "done" }, t("forecasts.placed")) : null, el("div", { class: "row" }, button));
  show();
  return made;
}

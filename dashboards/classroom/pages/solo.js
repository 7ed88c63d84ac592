// Choose a scenario and a seat to play alone against agents; the lesson opens on the student page.
import { nameOf, scenarioText, setNames } from "./board.js";
import { byId, el, loadTexts, request, t } from "./core.js";

await loadTexts();
const wanted = new URLSearchParams(location.search);
const scenarios = await request("/class/api/scenarios");
const now = () => scenarios.find((each) => each.id === byId("scenario").value) || scenarios[0];

byId("scenario").replaceChildren(...scenarios.map((each) => {
  setNames({ scenario: each });
  return el("option", { value: each.id }, scenarioText(each.title, "title"));
}));
byId("scenario").value = scenarios.some((each) => each.id === wanted.get("scenario")) ? wanted.get("scenario") : "two-states";
byId("scenario").addEventListener("change", choose);
choose();
for (const field of ["rounds", "months", "seed"]) if (wanted.get(field)) byId(field).value = wanted.get(field);
if (wanted.get("seat")) byId("seat").value = wanted.get("seat");

function choose() {
  const scenario = now();
  const names = Object.fromEntries(scenario.seats.map((seat) => [seat.seat, seat.name]));
  setNames({ scenario, names });
  byId("summary").textContent = scenarioText(scenario.summary, "summary");
  byId("seat").replaceChildren(...scenario.seats.map((seat) => el("option", { value: seat.seat }, `${nameOf(seat.seat)} · ${t(`role.${seat.kind}`)}`)));
  byId("rounds").max = scenario.rounds;
  if (Number(byId("rounds").value) > scenario.rounds) byId("rounds").value = scenario.rounds;
}

byId("start").addEventListener("submit", async (event) => {
  event.preventDefault();
  byId("error").textContent = "";
  const seed = byId("seed").value === "" ? null : Number(byId("seed").value);
  const long = { rounds: Number(byId("rounds").value), months: Number(byId("months").value) };
  const body = { scenario: now().id, seat: byId("seat").value, name: t("solo.you"), seed, ...long, bets: [0], advisor: true };
  try {
    const got = await request("/class/api/solo", { body });
    location.assign(`/class/r/${encodeURIComponent(got.code)}`);
  } catch (error) {
    byId("error").textContent = error.message;
  }
});

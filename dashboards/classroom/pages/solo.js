// Take one seat against agents: choose where, and go to the same page that a class has.
import { call, name, text } from "./board.js";
import { ask, el, loadWords, part, say } from "./core.js";

await loadWords();
const wanted = new URLSearchParams(location.search);
const scenarios = await ask("/class/api/scenarios");
const now = () => scenarios.find((each) => each.id === part("scenario").value) || scenarios[0];

part("scenario").replaceChildren(...scenarios.map((each) => {
  call({ scenario: each });
  return el("option", { value: each.id }, text(each.title, "title"));
}));
part("scenario").value = scenarios.some((each) => each.id === wanted.get("scenario")) ? wanted.get("scenario") : "two-states";
part("scenario").addEventListener("change", choose);
choose();
for (const field of ["rounds", "months", "seed"]) if (wanted.get(field)) part(field).value = wanted.get(field);
if (wanted.get("seat")) part("seat").value = wanted.get("seat");

function choose() {
  const scenario = now();
  const names = Object.fromEntries(scenario.seats.map((seat) => [seat.seat, seat.name]));
  call({ scenario, names });
  part("summary").textContent = text(scenario.summary, "summary");
  part("seat").replaceChildren(...scenario.seats.map((seat) => el("option", { value: seat.seat }, `${name(seat.seat)} · ${say(`role.${seat.kind}`)}`)));
  part("rounds").max = scenario.rounds;
  if (Number(part("rounds").value) > scenario.rounds) part("rounds").value = scenario.rounds;
}

part("start").addEventListener("submit", async (event) => {
  event.preventDefault();
  part("fault").textContent = "";
  const seed = part("seed").value === "" ? null : Number(part("seed").value);
  const long = { rounds: Number(part("rounds").value), months: Number(part("months").value) };
  const body = { scenario: now().id, seat: part("seat").value, name: say("solo.you"), seed, ...long, bets: [0], advisor: true };
  try {
    const got = await ask("/class/api/solo", { body });
    location.assign(`/class/r/${encodeURIComponent(got.code)}`);
  } catch (refused) {
    part("fault").textContent = refused.message;
  }
});

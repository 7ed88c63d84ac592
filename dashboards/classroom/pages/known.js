// What a seat may know now, in three groups: its own, what it shares with the other side, what everyone can see.
import { name, tell } from "./board.js";
import { el, number, say, share } from "./core.js";

/** Draw the table of what a seat knows; where it is shown what another alone knows, that one is named. */
export function known(list, seat) {
  const several = new Set(list.map((each) => each.names.talks).filter(Boolean)).size > 1;
  const whose = ({ group, names }) => (group === "own" && names.actor !== seat ? `${name(names.actor)}: ` : "");
  const about = (each) => (several && each.names.talks ? ` (${name(each.names.talks)})` : "");
  return ["own", "shared", "public"].flatMap((group) => {
    const own = list.filter((each) => each.group === group);
    if (!own.length) return [];
    return [el("h3", {}, say(`play.know_${group}`)), el("ul", { class: "know" }, own.map((each) =>
      el("li", {}, figure(each), el("span", {}, whose(each) + tell(each.key, each) + about(each)))))];
  });
}

/** Write the number of what is known, if it has one. */
function figure({ numbers = {} }) {
  if (numbers.percent !== undefined) return el("b", {}, share(numbers.percent / 100));
  return numbers.count === undefined ? null : el("b", {}, number(numbers.count));
}

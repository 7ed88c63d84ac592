// What a seat can see now, in three groups: private, shared with the other side, public.
import { nameOf, phrase } from "./board.js";
import { el, formatNumber, formatPercent, t } from "./core.js";

/** Draw the facts that a seat can see. A private fact of another seat is labelled with that seat's name. */
export function knownFacts(list, seat) {
  const several = new Set(list.map((each) => each.names.talks).filter(Boolean)).size > 1;
  const whose = ({ group, names }) => (group === "own" && names.actor !== seat ? `${nameOf(names.actor)}: ` : "");
  const about = (each) => (several && each.names.talks ? ` (${nameOf(each.names.talks)})` : "");
  return ["own", "shared", "public"].flatMap((group) => {
    const own = list.filter((each) => each.group === group);
    if (!own.length) return [];
    return [el("h3", {}, t(`play.know_${group}`)), el("ul", { class: "know" }, own.map((each) =>
      el("li", {}, figure(each), el("span", {}, whose(each) + phrase(each.key, each) + about(each)))))];
  });
}

/** Draw the number of a fact, if it has one. */
function figure({ numbers = {} }) {
  if (numbers.percent !== undefined) return el("b", {}, formatPercent(numbers.percent / 100));
  return numbers.count === undefined ? null : el("b", {}, formatNumber(numbers.count));
}

// The move of a round: a choice for each thing the seat can do, with what it costs and risks, before it is sent.
import { decision, facts, optionLabel, tell, verbLabel } from "./board.js";
import { announce, ask, el, fill, number, say, stale } from "./core.js";

const GROUPS = [
  ["talks", ["table", "answer", "seek", "channel", "experts"]],
  ["bound", ["comply", "accuse", "withdraw"]],
  ["signals", ["conduct", "press"]],
  ["tasks", ["task"]],
  ["looks", ["inspect", "report"]],
];
let chosen = {}; // by verb: what is picked on this page and not sent yet
let round = 0;
let base = 0;
let touched = false;
let editing = false;
let advice = null;

const topic = (verb) => verbLabel(verb).replace(/[?\u061f]$/, ""); // a question, as the head of its answer

/** Draw the move of this round, or that none is asked for. */
export function drawMove(view, place) {
  const open = view.phase === "playing" || view.phase === "paused";
  place.section.hidden = !open;
  if (!open) return;
  if (view.turn !== round) {
    [round, touched, editing, advice] = [view.turn, false, false, null];
    chosen = {};
  }
  if (!touched) {
    chosen = { ...(view.move?.choices || {}) };
    base = view.move?.version || 0;
  }
  fill(place.last, view.move?.last || [], drawLast);
  redraw(view, place);
}

function redraw(view, place) {
  const all = [view.verbs, view.limits, view.move, view.agent, view.phase, view.solo, chosen, touched, editing, advice, view.settings.advisor];
  fill(place.form, all, () => build(view, place));
}

function build(view, place) {
  if (view.agent) return el("p", { class: "soft" }, say("play.agent_plays"));
  if (!view.verbs.length) return [el("p", { class: "soft" }, say("play.moves_wait")), ready(view, place)];
  if (view.move?.done && !touched && !editing) return sentMove(view, place);
  const made = [el("p", { class: "soft" }, say("play.moves_choose"))];
  for (const [group, acts] of GROUPS) {
    const verbs = view.verbs.filter((verb) => acts.includes(verb.act));
    if (verbs.length) made.push(el("h3", {}, say(`group.${group}`)), ...verbs.map((verb) => asking(verb, view, place)));
  }
  made.push(...overLimits(view), ...advisor(view, place), ready(view, place));
  return made;
}

/** Ask one thing: an option each, and first that the agent decides; closed, it shows what is chosen. */
function asking(verb, view, place) {
  const now = chosen[verb.verb] || "";
  const pick = (option) => {
    if (option) chosen[verb.verb] = option;
    else delete chosen[verb.verb];
    touched = true;
    redraw(view, place);
  };
  const limited = view.limits.some((limit) => limit.verbs.includes(verb.verb) && limit.verbs.some((each) => chosen[each]));
  const words = (option) => (option ? optionLabel(verb, option) : say(limited ? "option.undone" : "option.agent"));
  const options = [{ option: "" }, ...verb.options].map(({ option }) => el("label", { class: "option" },
    el("input", {
      type: "radio", name: verb.verb, value: option, checked: option === now, "data-key": `${verb.verb}=${option}`,
      onchange: () => pick(option),
    }),
    el("span", {}, words(option))));
  const known = verb.options.find(({ option }) => option === now)?.facts || [];
  const first = verb === view.verbs[0];
  return el("details", { class: `verb${now ? " chosen" : ""}`, open: first, "data-fold": `${round} ${verb.verb}` },
    el("summary", { "data-key": verb.verb }, el("span", {}, verbLabel(verb)), " ", el("small", {}, words(now))),
    el("fieldset", { "aria-label": verbLabel(verb) }, el("div", { class: "options" }, options)),
    el("div", { class: "weigh", "aria-live": "polite", hidden: !known.length }, facts(known)));
}

function overLimits(view) {
  return view.limits.map((limit) => {
    const taken = limit.verbs.filter((verb) => chosen[verb] === limit.option).length;
    return el("p", { class: taken > limit.most ? "fault" : "soft" }, tell(limit.key, { numbers: { most: limit.most, taken }, names: limit.names }));
  });
}

function advisor(view, place) {
  if (!view.settings.advisor) return [];
  const fetchIt = async () => {
    try {
      advice = (await ask("/class/api/advice", { who: place.who })).advice;
    } catch (refused) {
      announce(refused.message);
    }
    redraw(view, place);
  };
  const button = { type: "button", class: "small", "data-key": "advice", onclick: fetchIt };
  if (!advice) return [el("div", { class: "row" }, el("button", button, say("play.advisor")))];
  const lines = advice.filter((each) => view.verbs.some((verb) => verb.verb === each.verb)).map((each) => {
    const verb = view.verbs.find((own) => own.verb === each.verb);
    const why = (each.terms || []).map((condition) => el("li", {}, meaning("condition", condition.condition, condition),
      `: ${number(condition.score)} / ${number(condition.threshold)}, ${say(condition.holds ? "advice.holds" : "advice.fails")}`,
      el("ul", { class: "plain" }, (condition.terms || []).map((term) =>
        el("li", {}, `${meaning(`term.${condition.condition}`, term.term, term)}: ${number(term.value)}`)))));
    return el("li", {}, el("b", {}, `${topic(verb)}: `), optionLabel(verb, each.option),
      why.length ? el("details", { class: "soft", "data-fold": `why ${round} ${verb.verb}` },
        el("summary", { "data-key": `why ${verb.verb}` }, say("play.advisor_terms")), el("ul", { class: "plain" }, why)) : null);
  });
  return [el("section", { class: "weigh", "aria-label": say("play.advisor") },
    el("h3", {}, say("play.advisor_title")), el("ul", { class: "plain" }, lines))];
}

function meaning(kind, id, sent) {
  const key = `${kind}.${id}`;
  const words = say(key);
  return words === key ? sent.meaning || id.replaceAll("_", " ") : words;
}

function ready(view, place) {
  const send = async (event) => {
    event.preventDefault();
    const button = event.currentTarget;
    button.disabled = true;
    try {
      await ask("/class/api/move", { body: { turn: round, base, choices: chosen, done: true }, who: place.who });
      [touched, editing] = [false, false];
      announce(say("play.sent"));
    } catch (refused) {
      announce(refused.message);
      if (refused.code === "move.newer") [touched, editing] = [false, true]; // show what the other member chose
      if (refused.code === "turn.over") touched = false;
    }
    button.disabled = false;
    stale(place.form);
    await place.done();
    if (document.activeElement === document.body) place.form.querySelector("[data-key=change], summary")?.focus({ preventScroll: true });
  };
  const none = !Object.keys(chosen).length;
  const button = { type: "button", class: "main", "data-key": "send", onclick: send };
  return el("div", { class: "row" }, el("button", button, say(none ? "play.pass" : "play.send")));
}

function sentMove(view, place) {
  const edit = () => {
    editing = true;
    redraw(view, place);
    place.form.querySelector("summary")?.focus({ preventScroll: true });
  };
  const lines = Object.entries(view.move.choices).map(([verb, option]) => {
    const own = view.verbs.find((each) => each.verb === verb);
    return el("li", {}, own ? el("b", {}, `${topic(own)}: `) : null, own ? optionLabel(own, option) : decision({ verb, option }));
  });
  return [el("div", { class: "sent" }, el("p", {}, say("play.sent")), view.move.by ? el("p", {}, say("play.delegation_move", { name: view.move.by })) : null,
    lines.length ? el("ul", { class: "plain" }, lines) : el("p", {}, say("play.passed"))),
  el("div", { class: "row" }, el("button", { type: "button", "data-key": "change", onclick: edit }, say("play.change")))];
}

function drawLast(last) {
  if (!last.length) return [];
  return el("details", { class: "soft", "data-fold": "last" }, el("summary", { "data-key": "last" }, say("play.last")), el("ul", { class: "plain" }, last.map((each) => {
    const made = [decision(each), say(each.took ? "play.took" : "play.no_occasion")];
    if (each.agent && each.agent !== each.option) made.push(say("play.agent_would", { option: optionLabel(each.verb, each.agent) }));
    return el("li", {}, made.join(" · "));
  })));
}

// The move of a turn: a choice for each decision of the seat, with its costs and risks, before it is sent.
import { describeDecision, factList, optionLabel, phrase, verbLabel } from "./board.js";
import { announce, el, formatNumber, invalidate, request, t, update } from "./core.js";

const GROUPS = [
  ["talks", ["propose", "answer", "seek", "channel", "experts"]],
  ["bound", ["comply", "accuse", "withdraw"]],
  ["signals", ["conduct", "press"]],
  ["tasks", ["task"]],
  ["looks", ["inspect", "report"]],
];
let chosen = {}; // option by verb, chosen on this page and not sent yet
let turn = 0;
let base = 0;
let touched = false;
let editing = false;
let advice = null;

const topic = (verb) => verbLabel(verb).replace(/[?\u061f]$/, ""); // without its question mark

/** Draw the form of this turn's move, or the move that was sent. */
export function drawMove(view, place) {
  const open = view.phase === "playing" || view.phase === "paused";
  place.section.hidden = !open;
  if (!open) return;
  if (view.turn !== turn) {
    [turn, touched, editing, advice] = [view.turn, false, false, null];
    chosen = {};
  }
  if (!touched) {
    chosen = { ...(view.move?.choices || {}) };
    base = view.move?.version || 0;
  }
  update(place.last, view.move?.last || [], drawLast);
  redraw(view, place);
}

function redraw(view, place) {
  const all = [view.verbs, view.limits, view.move, view.agent, view.phase, view.solo, chosen, touched, editing, advice, view.settings.advisor];
  update(place.form, all, () => build(view, place));
}

function build(view, place) {
  if (view.agent) return el("p", { class: "muted" }, t("play.agent_plays"));
  if (!view.verbs.length) return [el("p", { class: "muted" }, t("play.moves_wait")), sendButton(view, place)];
  if (view.move?.done && !touched && !editing) return drawSentMove(view, place);
  const made = [el("p", { class: "muted" }, t("play.moves_choose"))];
  for (const [group, acts] of GROUPS) {
    const verbs = view.verbs.filter((verb) => acts.includes(verb.act));
    if (verbs.length) made.push(el("h3", {}, t(`group.${group}`)), ...verbs.map((verb) => drawVerb(verb, view, place)));
  }
  made.push(...drawLimits(view), ...drawAdvice(view, place), sendButton(view, place));
  return made;
}

/** Draw the options of one decision; the first leaves it to the agent. Folded, it shows the chosen option. */
function drawVerb(verb, view, place) {
  const now = chosen[verb.verb] || "";
  const pick = (option) => {
    if (option) chosen[verb.verb] = option;
    else delete chosen[verb.verb];
    touched = true;
    redraw(view, place);
  };
  const limited = view.limits.some((limit) => limit.verbs.includes(verb.verb) && limit.verbs.some((each) => chosen[each]));
  const label = (option) => (option ? optionLabel(verb, option) : t(limited ? "option.undone" : "option.agent"));
  const options = [{ option: "" }, ...verb.options].map(({ option }) => el("label", { class: "option" },
    el("input", {
      type: "radio", name: verb.verb, value: option, checked: option === now, "data-key": `${verb.verb}=${option}`,
      onchange: () => pick(option),
    }),
    el("span", {}, label(option))));
  const effects = verb.options.find(({ option }) => option === now)?.facts || [];
  const first = verb === view.verbs[0];
  return el("details", { class: `verb${now ? " chosen" : ""}`, open: first, "data-fold": `${turn} ${verb.verb}` },
    el("summary", { "data-key": verb.verb }, el("span", {}, verbLabel(verb)), " ", el("small", {}, label(now))),
    el("fieldset", { "aria-label": verbLabel(verb) }, el("div", { class: "options" }, options)),
    el("div", { class: "panel", "aria-live": "polite", hidden: !effects.length }, factList(effects)));
}

function drawLimits(view) {
  return view.limits.map((limit) => {
    const taken = limit.verbs.filter((verb) => chosen[verb] === limit.option).length;
    return el("p", { class: taken > limit.most ? "error" : "muted" }, phrase(limit.key, { numbers: { most: limit.most, taken }, names: limit.names }));
  });
}

function drawAdvice(view, place) {
  if (!view.settings.advisor) return [];
  const fetchAdvice = async () => {
    try {
      advice = (await request("/class/api/advice", { auth: place.auth })).advice;
    } catch (error) {
      announce(error.message);
    }
    redraw(view, place);
  };
  const button = { type: "button", class: "small", "data-key": "advice", onclick: fetchAdvice };
  if (!advice) return [el("div", { class: "row" }, el("button", button, t("play.advisor")))];
  const lines = advice.filter((each) => view.verbs.some((verb) => verb.verb === each.verb)).map((each) => {
    const verb = view.verbs.find((own) => own.verb === each.verb);
    const why = (each.terms || []).map((condition) => el("li", {}, meaning("condition", condition.condition, condition),
      `: ${formatNumber(condition.score)} / ${formatNumber(condition.threshold)}, ${t(condition.holds ? "advice.holds" : "advice.fails")}`,
      el("ul", { class: "plain" }, (condition.terms || []).map((term) =>
        el("li", {}, `${meaning(`term.${condition.condition}`, term.term, term)}: ${formatNumber(term.value)}`)))));
    return el("li", {}, el("b", {}, `${topic(verb)}: `), optionLabel(verb, each.option),
      why.length ? el("details", { class: "muted", "data-fold": `why ${turn} ${verb.verb}` },
        el("summary", { "data-key": `why ${verb.verb}` }, t("play.advisor_terms")), el("ul", { class: "plain" }, why)) : null);
  });
  return [el("section", { class: "panel", "aria-label": t("play.advisor") },
    el("h3", {}, t("play.advisor_title")), el("ul", { class: "plain" }, lines))];
}

function meaning(kind, id, sent) {
  const key = `${kind}.${id}`;
  const text = t(key);
  return text === key ? sent.meaning || id.replaceAll("_", " ") : text;
}

function sendButton(view, place) {
  const send = async (event) => {
    event.preventDefault();
    const button = event.currentTarget;
    button.disabled = true;
    try {
      await request("/class/api/move", { body: { turn, base, choices: chosen, done: true }, auth: place.auth });
      [touched, editing] = [false, false];
      announce(t("play.sent"));
    } catch (error) {
      announce(error.message);
      if (error.code === "move.newer") [touched, editing] = [false, true]; // show what the other member chose
      if (error.code === "turn.over") touched = false;
    }
    button.disabled = false;
    invalidate(place.form);
    await place.done();
    if (document.activeElement === document.body) place.form.querySelector("[data-key=change], summary")?.focus({ preventScroll: true });
  };
  const none = !Object.keys(chosen).length;
  const button = { type: "button", class: "main", "data-key": "send", onclick: send };
  return el("div", { class: "row" }, el("button", button, t(none ? "play.pass" : "play.send")));
}

function drawSentMove(view, place) {
  const edit = () => {
    editing = true;
    redraw(view, place);
    place.form.querySelector("summary")?.focus({ preventScroll: true });
  };
  const lines = Object.entries(view.move.choices).map(([verb, option]) => {
    const own = view.verbs.find((each) => each.verb === verb);
    return el("li", {}, own ? el("b", {}, `${topic(own)}: `) : null, own ? optionLabel(own, option) : describeDecision({ verb, option }));
  });
  return [el("div", { class: "sent" }, el("p", {}, t("play.sent")), view.move.by ? el("p", {}, t("play.delegation_move", { name: view.move.by })) : null,
    lines.length ? el("ul", { class: "plain" }, lines) : el("p", {}, t("play.passed"))),
  el("div", { class: "row" }, el("button", { type: "button", "data-key": "change", onclick: edit }, t("play.change")))];
}

function drawLast(last) {
  if (!last.length) return [];
  return el("details", { class: "muted", "data-fold": "last" }, el("summary", { "data-key": "last" }, t("play.last")), el("ul", { class: "plain" }, last.map((each) => {
    const made = [describeDecision(each), t(each.took ? "play.took" : "play.no_occasion")];
    if (each.agent && each.agent !== each.option) made.push(t("play.agent_would", { option: optionLabel(each.verb, each.agent) }));
    return el("li", {}, made.join(" · "));
  })));
}

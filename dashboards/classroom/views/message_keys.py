"""All keys that the pages need texts for, with their placeholders; tests check the words files against them."""

from dashboards.classroom.game.actions import ACTS_OF_VERB, OPTIONS
from dashboards.classroom.game.facts import FACT_KINDS
from model.acts import Act
from model.columns import SERVICES
from model.enumerations import ExchangeLevel, Friction, Outcome, RungStatus
from model.protocol import PROTOCOL
from model.signals import CHANNEL_NAMES, SIGNAL_KINDS
from model.terms import declared_terms

PARTIES = ("other", "talks")
VERB_NAMES = {  # placeholders of the labels of verbs
    "conduct": ("other",),
    "press": ("other",),
    "propose": ("other", "talks", "rung"),
    "answer": ("other", "talks", "rung"),
    "task": ("talks", "service"),
    "inspect": ("talks",),
    "report": ("talks", "other"),
}
LIMIT_KEYS = {"limit.tasks": ("most",), "limit.inspections": ("most",)}
ROLES = ("state", "facilitator", "body")
PHASES = ("none", "lobby", "playing", "paused", "ended")
STORY_VALUES = {
    "attack_talks": (1,),
    "change_government": (1,),
    "withdraw": (1,),
    "accuse": (1,),
    "ask_clarification": (1,),
    "make_demand": (1,),
    "concede": (0, 1),
    "carry_out_threat": (0, 1),
    "use_force": (1,),
    "end_process": (1,),
    "reopen_process": (1,),
    "hold_talks": (0, 1),
    "host_exchange": (int(ExchangeLevel.POLITICAL),),
    "resolve_friction": (int(Friction.SLIP),),
}
FIRST_ACTS = {condition.name: act.name for act in reversed(PROTOCOL) for condition in act.conditions}
QUESTION_KEYS = {
    "question.turning": ("month",),
    "question.differed_most": ("month", "actor"),
    "question.refused": ("month", "actor", "rung"),
    "question.breached": ("month", "actor"),
    "question.ratification": ("month", "actor", "rung"),
    "question.misread": ("count", "actor", "other"),
    "question.never_tabled": ("talks", "rung"),
    "question.facilitator": ("actor",),
    "question.bets_wrong": ("percent",),
    "question.agents_better": (),
    "question.same_as_agents": (),
    "question.model_limits": (),
}
ERROR_CODES = [
    "bad.json",
    "bad.field",
    "too.large",
    "too.fast",
    "room.unknown",
    "room.closed",
    "token.unknown",
    "key.wrong",
    "seat.full",
    "seat.unknown",
    "seat.none",
    "name.bad",
    "phase.wrong",
    "turn.over",
    "move.newer",
    "move.bad",
    "limit.over",
    "forecast.bad",
    "message.off",
    "advice.off",
    "agent.plays",
    "event.bad",
    "scenario.bad",
    "lesson.none",
    "not.found",
    "server.busy",
]


def _placeholders() -> dict[str, tuple[str, ...]]:
    keys = {key: (*kind.numbers, *kind.names) for key, kind in FACT_KINDS.items()}
    keys |= {f"signal.{kind.replace(' ', '_')}": () for kind in SIGNAL_KINDS}
    keys |= {f"channel.{name}": () for name in CHANNEL_NAMES}
    keys |= {f"reading.{name}": () for name in ("friendly", "hostile", "clean", "violation")}
    keys |= {f"status.{status.name}": () for status in RungStatus}
    keys |= {f"outcome.{outcome.name}": () for outcome in Outcome}
    keys |= {f"service.{name}": () for name in SERVICES} | {f"role.{name}": () for name in ROLES}
    keys |= {f"phase.{name}": () for name in PHASES} | {f"error.{code}": () for code in ERROR_CODES}
    keys |= {f"story.rung.{int(status)}": ("rung", "step") for status in RungStatus}
    for act in PROTOCOL:
        keys |= act_keys(act)
    return keys | LIMIT_KEYS | QUESTION_KEYS


def act_keys(act: Act) -> dict[str, tuple[str, ...]]:
    """Return the keys that the pages need for an act, with their placeholders; agents/words has their texts by act."""
    keys: dict[str, tuple[str, ...]] = {}
    names = ("actor", "counterpart", "talks", "rung")
    keys |= {f"story.{act.name}.{value}": names for value in STORY_VALUES.get(act.name, ())}
    for order, forced in ACTS_OF_VERB.items():
        if act.name == forced[0]:
            keys |= {f"verb.{order}": VERB_NAMES.get(order, PARTIES), f"act.{order}": ()}
        for option, forces in OPTIONS[order].items():
            if act.name == (forces[0].act if forces else forced[0]):
                keys[f"option.{order}.{option}"] = ()
        if act.name in forced and act.role != "nature" and act.knows == "own":  # explained by the advisor
            for each in act.conditions:
                if FIRST_ACTS.get(each.name, act.name) != act.name:
                    continue  # explained once
                keys[f"condition.{each.name}"] = ()
                keys |= {f"term.{each.name}.{term}": () for term in declared_terms(each.terms)}
    return keys


MESSAGE_KEYS = _placeholders()

"""The round: one tuple, read from top to bottom. Both drivers walk it; neither knows what is in it.

An act decides one column: every cell from the world as it stands, then the page is turned. So all
who act, act at once, and their order cannot matter. An act whose mechanism is off is not played.
"""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from model.columns import COLUMN
from model.compiler import called_once
from model.enumerations import InspectionReport
from model.rules import (
    bargaining,
    beliefs,
    compliance,
    conduct,
    contact,
    environment,
    facilitation,
    home,
    ladder,
    pressure,
    scrutiny,
    tension,
    verification,
)

Rule = Callable[..., Any]
Role = Literal["state", "party", "facilitator", "body", "nature"]


class Condition(NamedTuple):
    """A named condition of a decision: the rule that weighs it and the tuple of terms it returns."""

    rule: Rule
    terms: type

    @property
    def name(self) -> str:
        """Name the condition after its tuple, in lower case."""
        return self.terms.__name__.lower()


class Act(NamedTuple):
    """One line of the round: who decides which column, by which rule, for which mechanism.

    ``conditions`` are the named conditions the rule weighs; all must hold unless ``combine`` says
    how they settle the value, or ``sums`` says that the (one) sum is the value itself. ``when``
    says in which cells there is anything to decide; a ``rare`` act is told only where it happens. A
    ``fated`` act depends on seed, round and ids alone, so that worlds under other parameters share it.
    ``knows`` is "own" if the rule may read only what its actor may know, "all" if it is nature's.
    """

    rule: Rule
    column: str
    role: Role
    mechanism: str = ""
    conditions: tuple[Condition, ...] = ()
    when: Rule | None = None
    combine: Rule | None = None
    sums: bool = False
    rare: bool = False
    fated: bool = False
    knows: Literal["own", "all"] = "own"

    @property
    def name(self) -> str:
        """Name the act after its rule, a verb."""
        return self.rule.__name__

    @property
    def axes(self) -> tuple[str, ...]:
        """Give the axes of the column it decides."""
        return COLUMN[self.column].axes

    @property
    def _recorded_zero(self) -> int:
        """Return the value that the ledger records as 0: of a report it is a clean one, so that 1 is a violation."""
        return int(InspectionReport.CLEAN) if self.column == "report" else 0

    def recorded[V: (int, float)](self, value: V) -> V:
        """Return a value of the column as the ledger records it."""
        return value - self._recorded_zero

    def decided[V: (int, float)](self, recorded: V) -> V:
        """Return the value of the column that the ledger records so."""
        return recorded + self._recorded_zero


def by_nature(rule: Rule, column: str, mechanism: str = "", **more: Any) -> Act:
    """Declare an act that no actor performs."""
    return Act(rule, column, "nature", mechanism, knows="all", **more)


def by_state(rule: Rule, column: str, mechanism: str = "", **more: Any) -> Act:
    """Declare an act that each state performs from what it may know."""
    return Act(rule, column, "state", mechanism, **more)


def by_party(rule: Rule, column: str, mechanism: str = "", **more: Any) -> Act:
    """Declare an act that each party to a negotiation performs from what it may know."""
    return Act(rule, column, "party", mechanism, **more)


def on(*conditions: tuple[Rule, type]) -> tuple[Condition, ...]:
    """List conditions: each the rule that weighs it and its tuple of terms."""
    return tuple(Condition(*condition) for condition in conditions)


PROTOCOL: tuple[Act, ...] = (
    by_nature(conduct.roll_dice, "dice", fated=True),
    # The world outside
    by_nature(home.settle_type, "trustworthy"),
    by_nature(environment.drift_oil, "oil", "environment"),
    by_nature(environment.drift_region, "region", "environment"),
    # Facilitators open and close channels
    Act(facilitation.be_present, "present", "facilitator"),
    Act(facilitation.tire, "fatigue", "facilitator", "facilitation"),
    Act(
        facilitation.take_task, "effort", "facilitator", "facilitation",
        on((facilitation.has_time, facilitation.Task), (facilitation.affords, facilitation.Purse)),
        facilitation.can_take,
    ),
    Act(facilitation.spend, "spent", "facilitator", "facilitation"),
    by_nature(facilitation.clear_channel, "clarity", "facilitation"),
    by_nature(facilitation.shade, "slant", "facilitation"),
    by_nature(
        facilitation.host, "exchange", "facilitation",
        conditions=on((facilitation.hosting_chance, facilitation.Hosted), (facilitation.closeness, facilitation.Close)),
        when=facilitation.someone_hosts, combine=facilitation.settle_level,
    ),
    # Conduct, meant and done
    by_state(
        conduct.step_forward, "initiative", "reciprocity",
        conditions=on((conduct.readiness, conduct.Initiative)), when=conduct.may_step_forward, rare=True,
    ),
    by_state(
        conduct.choose_conduct, "conduct", "reciprocity",
        conditions=on((conduct.leaning, conduct.Leaning)), when=conduct.apart,
    ),
    by_nature(
        conduct.miscarry, "slip", "noise",
        conditions=on((conduct.miscarriage, conduct.Slip)), when=conduct.apart, rare=True,
    ),
    # and seen, well or badly
    by_nature(
        conduct.misread_act, "misread", "noise",
        conditions=on((conduct.misreading, conduct.Misreading)), when=conduct.apart, rare=True,
    ),
    by_nature(conduct.perceive, "perceived"),
    by_state(conduct.remember_standing, "standing_before", "reciprocity"),
    by_state(conduct.judge_oneself, "standing", "reciprocity"),
    by_state(conduct.judge_other, "esteem", "reciprocity"),
    # Beliefs
    by_state(beliefs.reassure, "reassurance", "reassurance"),
    by_state(beliefs.dismay_at, "dismay", "spoilers"),
    by_state(beliefs.remember_kept, "kept", "reputation"),
    by_state(beliefs.remember_broken, "broken", "reputation"),
    by_state(beliefs.revise_trust, "trust", "reputation"),
    by_nature(facilitation.judge, "credit", "facilitation"),
    # Tension and the region
    by_state(
        tension.harden, "posture", "tension",
        conditions=on((tension.posture, tension.Posture)), when=conduct.apart, sums=True,
    ),
    by_state(
        tension.align, "alignment", "alliances",
        conditions=on((tension.alignment, tension.Alignment)), when=tension.third, sums=True,
    ),
    # Talks
    by_nature(bargaining.pick_rung, "rung"),
    by_nature(bargaining.remember_status, "stood"),
    by_party(
        contact.seek_talks, "seeks", "ripeness",
        conditions=on((contact.pain, contact.Pain), (contact.way_out, contact.WayOut)),
    ),
    by_nature(
        contact.hold_talks, "contact",
        conditions=on((contact.meeting, contact.Meeting)), when=contact.both_seek,
    ),
    by_nature(contact.choose_channel, "channel"),
    by_party(bargaining.grow_impatient, "impatience", "impatience"),
    by_party(
        bargaining.weigh_reservation, "reservation",
        conditions=on((bargaining.reservation, bargaining.Reservation)), when=bargaining.in_play, sums=True,
    ),
    by_party(
        bargaining.table, "tabled",
        conditions=on((bargaining.hope, bargaining.Hope)), when=bargaining.can_table,
    ),
    by_nature(bargaining.place_offer, "offer"),
    # Scrutiny, answer, ratification
    by_nature(scrutiny.examine, "doubt", "scrutiny"),
    by_party(
        scrutiny.give_answer, "answer",
        conditions=on(
            (scrutiny.doubted, scrutiny.Doubted),
            (scrutiny.cleared, scrutiny.Cleared),
            (scrutiny.worth, scrutiny.Worth),
            (scrutiny.acceptable, scrutiny.Acceptable),
            (scrutiny.free, scrutiny.Free),
        ),
        when=scrutiny.on_table, combine=scrutiny.settle_answer,
    ),
    by_party(
        home.ratify, "ratified", "ratification",
        conditions=on((home.ratification, home.Ratification)), when=home.awaits_ratification,
    ),
    # Keeping what stands, and looking
    by_nature(compliance.look_ahead, "prospect", "gradualism"),
    by_party(
        compliance.comply, "complies",
        conditions=on((compliance.honest, compliance.Honest), (compliance.careful, compliance.Careful)),
        when=compliance.has_duties,
    ),
    by_nature(verification.record, "remembered"),
    Act(
        verification.inspect, "inspected", "body", "verification",
        on((verification.spare_inspection, verification.Inspection)), verification.open_to,
    ),
    Act(
        verification.report_on, "report", "body", "verification",
        on((verification.finding, verification.Finding)), verification.looks, knows="all",
    ),
    by_party(verification.suspect, "suspicion", "verification"),
    by_party(
        verification.accuse, "accuses", "verification",
        conditions=on((verification.accusation, verification.Accusation)), when=verification.could_accuse,
    ),
    by_nature(
        ladder.forgive, "forgiven",
        conditions=on((ladder.forgiveness_of, ladder.Forgiveness)), when=ladder.is_breached,
    ),
    by_nature(
        ladder.rub, "friction", "friction",
        conditions=on(
            (ladder.climbing, ladder.Climb), (ladder.slipping, ladder.Slipping), (ladder.collapsing, ladder.Collapse)
        ),
        when=ladder.moving, combine=ladder.settle_friction,
    ),
    by_nature(
        home.change_government, "turnover", "turnover",
        conditions=on((home.change_hazard, home.Change)), rare=True,
    ),
    by_party(
        home.withdraw, "withdraws", "turnover",
        conditions=on((home.leaving, home.Leaving)), when=home.could_leave,
    ),
    by_nature(home.count_absence, "left"),
    # The ladder moves
    by_nature(ladder.advance, "status"),
    by_nature(ladder.grow_old, "age"),
    by_nature(verification.stay_barred, "barred"),
    by_nature(verification.grant_access, "access"),
    by_nature(ladder.earn, "earned"),
    by_nature(ladder.betray, "betrayed"),
    by_nature(ladder.count_breaches, "breaches"),
    by_nature(ladder.count_refusals, "refusals"),
    by_nature(ladder.count_unratified, "unratified"),
    # The other track, spoilers, and home
    by_nature(pressure.remember_pressure, "pressure_before"),
    by_state(
        pressure.press, "pressure", "pressure",
        conditions=on((pressure.aim, pressure.Aim)), when=pressure.pressing, sums=True,
    ),
    by_state(
        pressure.run_programme, "programme", "pressure",
        conditions=on((pressure.programme, pressure.Programme)), when=pressure.has_programme, sums=True,
    ),
    by_nature(
        pressure.strike, "attack", "spoilers",
        conditions=on((pressure.attack_hazard, pressure.Attack)), rare=True,
    ),
    by_state(
        home.sway, "support", "ratification",
        conditions=on((home.support, home.Support)), sums=True,
    ),
    by_state(home.bind_by_words, "audience", "audience"),
)  # fmt: skip

for act in PROTOCOL:
    called_once(act.rule)

ACT = {act.name: place for place, act in enumerate(PROTOCOL)}
ACT_ON = {act.column: place for place, act in enumerate(PROTOCOL)}


def verdict(act: Act, held: list[bool]) -> int:
    """Settle a choice from its conditions: by the act's ``combine``, else 1 if all hold and 0 if not."""
    return int(act.combine(*held)) if act.combine is not None else int(all(held))

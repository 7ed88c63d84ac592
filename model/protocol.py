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

    ``id`` stands for the act in the digest of a ledger, whatever the act is called: a new act takes a new one, and
    none is used again (1 to 66 are taken).
    ``conditions`` are the named conditions the rule weighs; all must hold unless ``combine`` says
    how they settle the value, or ``sums`` says that the (one) sum is the value itself. ``when``
    says in which cells there is anything to decide; a ``rare`` act is told only where it happens. A
    ``fated`` act depends on seed, round and ids alone, so that worlds under other parameters share it.
    ``knows`` is "own" if the rule may read only what its actor may know, "all" if it is nature's.
    """

    id: int
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


def by_nature(id: int, rule: Rule, column: str, mechanism: str = "", **more: Any) -> Act:
    """Declare an act that no actor performs."""
    return Act(id, rule, column, "nature", mechanism, knows="all", **more)


def by_state(id: int, rule: Rule, column: str, mechanism: str = "", **more: Any) -> Act:
    """Declare an act that each state performs from what it may know."""
    return Act(id, rule, column, "state", mechanism, **more)


def by_party(id: int, rule: Rule, column: str, mechanism: str = "", **more: Any) -> Act:
    """Declare an act that each party to a negotiation performs from what it may know."""
    return Act(id, rule, column, "party", mechanism, **more)


def on(*conditions: tuple[Rule, type]) -> tuple[Condition, ...]:
    """List conditions: each the rule that weighs it and its tuple of terms."""
    return tuple(Condition(*condition) for condition in conditions)


PROTOCOL: tuple[Act, ...] = (
    by_nature(1, conduct.roll_dice, "dice", fated=True),
    # The world outside
    by_nature(2, home.settle_type, "trustworthy"),
    by_nature(3, environment.drift_oil, "oil", "environment"),
    by_nature(4, environment.drift_region, "region", "environment"),
    # Facilitators open and close channels
    Act(5, facilitation.be_present, "present", "facilitator"),
    Act(6, facilitation.tire, "fatigue", "facilitator", "facilitation"),
    Act(
        7, facilitation.take_task, "effort", "facilitator", "facilitation",
        on((facilitation.has_time, facilitation.Task), (facilitation.affords, facilitation.Purse)),
        facilitation.can_take,
    ),
    Act(8, facilitation.spend, "spent", "facilitator", "facilitation"),
    by_nature(9, facilitation.clear_channel, "clarity", "facilitation"),
    by_nature(10, facilitation.shade, "slant", "facilitation"),
    by_nature(
        11, facilitation.host, "exchange", "facilitation",
        conditions=on((facilitation.hosting_chance, facilitation.Hosted), (facilitation.closeness, facilitation.Close)),
        when=facilitation.someone_hosts, combine=facilitation.settle_level,
    ),
    # Conduct, meant and done
    by_state(
        12, conduct.step_forward, "initiative", "reciprocity",
        conditions=on((conduct.readiness, conduct.Initiative)), when=conduct.may_step_forward, rare=True,
    ),
    by_state(
        13, conduct.choose_conduct, "conduct", "reciprocity",
        conditions=on((conduct.leaning, conduct.Leaning)), when=conduct.apart,
    ),
    by_nature(
        14, conduct.miscarry, "slip", "noise",
        conditions=on((conduct.miscarriage, conduct.Slip)), when=conduct.apart, rare=True,
    ),
    # and seen, well or badly
    by_nature(
        15, conduct.misread_act, "misread", "noise",
        conditions=on((conduct.misreading, conduct.Misreading)), when=conduct.apart, rare=True,
    ),
    by_nature(16, conduct.perceive, "perceived"),
    by_state(17, conduct.remember_standing, "standing_before", "reciprocity"),
    by_state(18, conduct.judge_oneself, "standing", "reciprocity"),
    by_state(19, conduct.judge_other, "esteem", "reciprocity"),
    # Beliefs
    by_state(20, beliefs.reassure, "reassurance", "reassurance"),
    by_state(21, beliefs.dismay_at, "dismay", "spoilers"),
    by_state(22, beliefs.remember_kept, "kept", "reputation"),
    by_state(23, beliefs.remember_broken, "broken", "reputation"),
    by_state(24, beliefs.revise_trust, "trust", "reputation"),
    by_nature(25, facilitation.judge, "credit", "facilitation"),
    # Tension and the region
    by_state(
        26, tension.harden, "posture", "tension",
        conditions=on((tension.posture, tension.Posture)), when=conduct.apart, sums=True,
    ),
    by_state(
        27, tension.align, "alignment", "alliances",
        conditions=on((tension.alignment, tension.Alignment)), when=tension.third, sums=True,
    ),
    # Talks
    by_nature(28, bargaining.pick_rung, "rung"),
    by_nature(29, bargaining.remember_status, "stood"),
    by_party(
        30, contact.seek_talks, "seeks", "ripeness",
        conditions=on((contact.pain, contact.Pain), (contact.way_out, contact.WayOut)),
    ),
    by_nature(
        31, contact.hold_talks, "contact",
        conditions=on((contact.meeting, contact.Meeting)), when=contact.both_seek,
    ),
    by_nature(32, contact.choose_channel, "channel"),
    by_party(33, bargaining.grow_impatient, "impatience", "impatience"),
    by_party(
        34, bargaining.weigh_reservation, "reservation",
        conditions=on((bargaining.reservation, bargaining.Reservation)), when=bargaining.in_play, sums=True,
    ),
    by_party(
        35, bargaining.table, "tabled",
        conditions=on((bargaining.hope, bargaining.Hope)), when=bargaining.can_table,
    ),
    by_nature(36, bargaining.place_offer, "offer"),
    # Scrutiny, answer, ratification
    by_nature(37, scrutiny.examine, "doubt", "scrutiny"),
    by_party(
        38, scrutiny.give_answer, "answer",
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
        39, home.ratify, "ratified", "ratification",
        conditions=on((home.ratification, home.Ratification)), when=home.awaits_ratification,
    ),
    # Keeping what stands, and looking
    by_nature(40, compliance.look_ahead, "prospect", "gradualism"),
    by_party(
        41, compliance.comply, "complies",
        conditions=on((compliance.honest, compliance.Honest), (compliance.careful, compliance.Careful)),
        when=compliance.has_duties,
    ),
    by_nature(42, verification.record, "remembered"),
    Act(
        43, verification.inspect, "inspected", "body", "verification",
        on((verification.spare_inspection, verification.Inspection)), verification.open_to,
    ),
    Act(
        44, verification.report_on, "report", "body", "verification",
        on((verification.finding, verification.Finding)), verification.looks, knows="all",
    ),
    by_party(45, verification.suspect, "suspicion", "verification"),
    by_party(
        46, verification.accuse, "accuses", "verification",
        conditions=on((verification.accusation, verification.Accusation)), when=verification.could_accuse,
    ),
    by_nature(
        47, ladder.forgive, "forgiven",
        conditions=on((ladder.forgiveness_of, ladder.Forgiveness)), when=ladder.is_breached,
    ),
    by_nature(
        48, ladder.rub, "friction", "friction",
        conditions=on(
            (ladder.climbing, ladder.Climb), (ladder.slipping, ladder.Slipping), (ladder.collapsing, ladder.Collapse)
        ),
        when=ladder.moving, combine=ladder.settle_friction,
    ),
    by_nature(
        49, home.change_government, "turnover", "turnover",
        conditions=on((home.change_hazard, home.Change)), rare=True,
    ),
    by_party(
        50, home.withdraw, "withdraws", "turnover",
        conditions=on((home.leaving, home.Leaving)), when=home.could_leave,
    ),
    by_nature(51, home.count_absence, "left"),
    # The ladder moves
    by_nature(52, ladder.advance, "status"),
    by_nature(53, ladder.grow_old, "age"),
    by_nature(54, verification.stay_barred, "barred"),
    by_nature(55, verification.grant_access, "access"),
    by_nature(56, ladder.earn, "earned"),
    by_nature(57, ladder.betray, "betrayed"),
    by_nature(58, ladder.count_breaches, "breaches"),
    by_nature(59, ladder.count_refusals, "refusals"),
    by_nature(60, ladder.count_unratified, "unratified"),
    # The other track, spoilers, and home
    by_nature(61, pressure.remember_pressure, "pressure_before"),
    by_state(
        62, pressure.press, "pressure", "pressure",
        conditions=on((pressure.aim, pressure.Aim)), when=pressure.pressing, sums=True,
    ),
    by_state(
        63, pressure.run_programme, "programme", "pressure",
        conditions=on((pressure.programme, pressure.Programme)), when=pressure.has_programme, sums=True,
    ),
    by_nature(
        64, pressure.strike, "attack", "spoilers",
        conditions=on((pressure.attack_hazard, pressure.Attack)), rare=True,
    ),
    by_state(
        65, home.sway, "support", "ratification",
        conditions=on((home.support, home.Support)), sums=True,
    ),
    by_state(66, home.bind_by_words, "audience", "audience"),
)  # fmt: skip

for act in PROTOCOL:
    called_once(act.rule)

ACT = {act.name: place for place, act in enumerate(PROTOCOL)}
ACT_ON = {act.column: place for place, act in enumerate(PROTOCOL)}


def verdict(act: Act, held: list[bool]) -> int:
    """Settle a choice from its conditions: by the act's ``combine``, else 1 if all hold and 0 if not."""
    return int(act.combine(*held)) if act.combine is not None else int(all(held))

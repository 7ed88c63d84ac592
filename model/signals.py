"""The messages of a round, derived from the columns: the ledger, the network chart and the tests use them.

A strength is the weight of the closest CAMEO event on Goldstein's scale of conflict and cooperation
(Goldstein 1992), from -10 to +10.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from model.enumerations import Channel, ExchangeLevel, InspectionReport, RungStatus
from model.rules.scrutiny import NO_DOUBT
from model.world import World


class SignalKind(NamedTuple):
    """A kind of message: its strength, the CAMEO code of that weight, its meaning.

    The monthly acts of states have this strength at size 1; it is multiplied by their size.
    """

    strength: float
    cameo: str
    meaning: str


SIGNAL_KINDS = {
    "cooperative act": SignalKind(3.4, "051", "a cooperative act of the month"),
    "hostile act": SignalKind(-4.4, "130", "a hostile act of the month"),
    "initiative": SignalKind(4.0, "030", "an announced unilateral conciliatory step"),
    "demand": SignalKind(-7.0, "139", "an ultimatum: a demand backed by a threat"),
    "concession": SignalKind(7.0, "035", "a state gives way to a demand"),
    "imposition": SignalKind(-5.0, "172", "a threat is carried out"),
    "backing down": SignalKind(0.0, "010", "a threat is not carried out"),
    "use of force": SignalKind(-10.0, "190", "force is used"),
    "pressure step": SignalKind(-8.0, "163", "pressure is raised"),
    "relief": SignalKind(7.0, "085", "pressure is lifted"),
    "proposal": SignalKind(4.0, "036", "the rung in play is proposed"),
    "acceptance": SignalKind(3.5, "05", "a proposal is accepted"),
    "refusal": SignalKind(-5.0, "127", "a proposal is refused"),
    "technical talk": SignalKind(1.0, "040", "a hosted exchange outside the ladder, technical or political"),
    "facilitated message": SignalKind(5.0, "045", "a message carried by a facilitator"),
    "direct talks": SignalKind(7.0, "046", "a direct meeting in public"),
    "notice of implementation": SignalKind(5.0, "08", "a rung begins implementation or is verified"),
    "inspection report": SignalKind(-2.0, "090", "a verification body reports"),
    "clarification asked": SignalKind(3.0, "020", "a side asks the other for clarification"),
    "clarification given": SignalKind(7.0, "064", "the matter is clarified without an accusation"),
    "accusation": SignalKind(-2.0, "112", "the other side is declared in breach"),
    "suspension": SignalKind(-7.0, "164", "a rung is suspended or snapped back"),
    "withdrawal": SignalKind(-7.0, "166", "a party withdraws from the agreement in force"),
    "process ended": SignalKind(-5.0, "125", "the process of talks ends"),
    "process opened": SignalKind(4.0, "026", "the process of talks opens again"),
}
MAX_STRENGTH = 10.0  # the ends of Goldstein's scale
CHANNEL_NAMES = {*(channel.name.lower() for channel in Channel), *(level.name.lower() for level in ExchangeLevel)}


class Signal(NamedTuple):
    """A message: sender, receiver, channel, strength, cost, strength as meant and as perceived."""

    kind: str
    sender: str
    receiver: str
    negotiation: str | None
    channel: str
    strength: float
    cost: float
    meant: float
    perceived: float


def round_signals(world: World) -> list[Signal]:
    """Return all messages of the last round, in a fixed order."""
    signals = [*_conduct(world), *_threats(world), *_pressure(world)]
    for k in range(world.size["negotiation"]):
        signals += [*_talks(world, k), *_reports(world, k), *_ladder(world, k), *_process(world, k)]
    return signals


def _undistorted(kind: str, sender: str, receiver: str, talks: str | None, channel: str, cost: float = 0.0) -> Signal:
    strength = SIGNAL_KINDS[kind].strength
    return Signal(kind, sender, receiver, talks, channel, strength, cost, strength, strength)


def _conduct(world: Any) -> Iterator[Signal]:
    states = world.names.state
    for me, sender in enumerate(states):
        for other, receiver in enumerate(states):
            k = int(world.negotiation_between[me, other])
            if me == other or world.silent[me, other] or (k < 0 and world.posture[me, other] < 0.3):
                continue  # acts between states without a conflict are not messages
            size = float(world.act_size[me, other])
            friendly, hostile = _act_strength("cooperative act", size), _act_strength("hostile act", size)
            meant = friendly if world.conduct[me, other] else hostile
            is_cooperative = bool(world.conduct[me, other]) != bool(world.miscarried[me, other])
            perceived = friendly if world.perceived[other, me] else hostile
            kind, cost = "cooperative act" if is_cooperative else "hostile act", 0.0
            strength = friendly if is_cooperative else hostile
            if is_cooperative and world.initiative[me, other]:
                kind, cost = "initiative", float(world.own_initiative_cost[me])
                meant = strength = SIGNAL_KINDS[kind].strength
                perceived = meant if world.perceived[other, me] else hostile
            talks = world.names.negotiation[k] if k >= 0 else None
            yield Signal(kind, sender, receiver, talks, "public", strength, cost, meant, perceived)


def _act_strength(kind: str, size: float) -> float:
    """Return the strength of a monthly act of a size, within Goldstein's scale."""
    return max(-MAX_STRENGTH, min(SIGNAL_KINDS[kind].strength * size, MAX_STRENGTH))


def _threats(world: Any) -> Iterator[Signal]:
    columns = {
        "demand": world.demands,
        "concession": world.concedes,
        "imposition": world.carries_out,
        "backing down": world.backs_down,
        "use of force": world.uses_force,
    }
    for kind, happened in columns.items():
        for me, other in np.argwhere(happened):
            talks = world.names.negotiation[int(world.negotiation_between[me, other])]
            yield _undistorted(kind, world.names.state[me], world.names.state[other], talks, "public")


def _pressure(world: Any) -> Iterator[Signal]:
    for me, sender in enumerate(world.names.state):
        for other, receiver in enumerate(world.names.state):
            change = float(world.pressure[me, other] - world.previous_pressure[me, other])
            if abs(change) > 1e-3:
                kind, k = "relief" if change < 0 else "pressure step", int(world.negotiation_between[me, other])
                talks = world.names.negotiation[k] if k >= 0 else None
                yield _undistorted(kind, sender, receiver, talks, "public", abs(change))


def _talks(world: Any, k: int) -> Iterator[Signal]:
    talks = world.names.negotiation[k]
    parties = [world.names.state[int(party)] for party in world.party[k]]
    channel = Channel(int(world.channel[k])).name.lower()
    for side, (sender, receiver) in enumerate((parties, parties[::-1])):
        if world.contact[k]:
            kind = "facilitated message" if channel == "indirect" else "direct talks"
            yield _undistorted(kind, sender, receiver, talks, channel)
        if world.exchange[k]:
            level = ExchangeLevel(int(world.exchange[k])).name.lower()
            yield _undistorted("technical talk", sender, receiver, talks, level)
        if world.proposed[k, side]:
            yield _undistorted("proposal", sender, receiver, talks, channel)
        if _answers_now(world, k, side):
            kind = "acceptance" if world.answer[k, side] > 0 else "refusal"
            yield _undistorted(kind, sender, receiver, talks, channel if world.contact[k] else "indirect")


def _answers_now(world: Any, k: int, side: int) -> bool:
    """Return whether a side answers the proposal this month: an acceptance stands until the other side answers."""
    if world.answer[k, side] <= 0:
        return bool(world.answer[k, side])
    is_examined = world.doubt[k, side] != NO_DOUBT or not world.with_scrutiny
    return is_examined and int(world.author[k]) != side


def _reports(world: Any, k: int) -> Iterator[Signal]:
    talks = world.names.negotiation[k]
    for b, body in enumerate(world.names.body):
        for side in range(2):
            report = int(world.report[b, k, side])
            if world.inspected[b, k] and report != InspectionReport.NONE:
                about = world.names.state[int(world.party[k, side])]
                strength = SIGNAL_KINDS["inspection report"].strength if report == InspectionReport.VIOLATION else 0.0
                slot = int(world.clock[0] - world.delay[b]) % world.size["slot"]
                truth = 0.0 if world.past_compliance[k, side, slot] else SIGNAL_KINDS["inspection report"].strength
                yield Signal("inspection report", body, about, talks, "technical", strength, 0.0, truth, strength)


def _ladder(world: Any, k: int) -> Iterator[Signal]:
    talks = world.names.negotiation[k]
    parties = [world.names.state[int(party)] for party in world.party[k]]
    for side, (sender, receiver) in enumerate((parties, parties[::-1])):
        if world.asks_clarification[k, side]:
            yield _undistorted("clarification asked", sender, receiver, talks, "public")
        if world.clarification[k, side] == 1 and not world.accuses[k, side]:
            yield _undistorted("clarification given", receiver, sender, talks, "public")
        if world.accuses[k, side]:
            yield _undistorted("accusation", sender, receiver, talks, "public")
        if world.withdraws[k, side]:
            yield _undistorted("withdrawal", sender, receiver, talks, "public")
        for r in range(int(world.rungs[k])):
            now, was = int(world.status[k, r]), int(world.previous_status[k, r])
            if now == was:
                continue
            if now in (RungStatus.IMPLEMENTING, RungStatus.VERIFIED) and was < RungStatus.VERIFIED:
                yield _undistorted("notice of implementation", sender, receiver, talks, "public")
            if now in (RungStatus.SUSPENDED, RungStatus.SNAPPED) and not world.rounds_withdrawn[k, side]:
                yield _undistorted("suspension", sender, receiver, talks, "public")


def _process(world: Any, k: int) -> Iterator[Signal]:
    talks = world.names.negotiation[k]
    parties = [world.names.state[int(party)] for party in world.party[k]]
    for kind, happened in (("process ended", world.process_ends[k]), ("process opened", world.process_opens[k])):
        for sender, receiver in (parties, parties[::-1]) if happened else ():
            yield _undistorted(kind, sender, receiver, talks, "public")

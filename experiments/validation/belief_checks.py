"""Trust as belief: assurance, costly signals, violence, and evidence kept and forgotten (B06, B07, B13)."""

import math
from typing import Any

from experiments.engine.worlds import Worlds
from experiments.validation.check import Check, SimulatedValue, Symbol, find_threshold
from experiments.validation.degenerate import isolated_scenario, smallest_scenario, text
from model.overrides import Override
from model.scenario import Scenario

MIN_TRUST, MAX_TRUST = 0.02, 0.98  # trust that a scenario can start from
TRUST = Symbol(0.3, MIN_TRUST, MAX_TRUST, "trust at the start")
PAYOFFS = {
    "R": Symbol(4.0, -10, 10, "payoff of mutual cooperation"),
    "T": Symbol(3.0, -10, 10, "payoff for defecting on a cooperator"),
    "P": Symbol(2.0, -10, 10, "payoff of mutual defection"),
    "S": Symbol(1.0, -10, 10, "payoff for cooperating with a defector"),
}
COPIED = Symbol(0.6, 0.1, 0.95, "chance that an untrustworthy side takes the step as well")
MEMORY = Symbol(0.9, 0.5, 0.995, "share of old evidence still weighed a round later")
WEIGHT = Symbol(4.0, 1.0, 10.0, "how much heavier a broken act weighs than a kept one")
STILL = {  # nothing but costly signals moves trust
    "belief.memory": 1.0, "belief.conduct_evidence": 0.0, "belief.rung_evidence": 0.0,
    "relations.alba.borea.evidence": 8.0,
}  # fmt: skip


def current_trust(played: Worlds) -> float:
    """Give the first party's trust in the second, in the first of the worlds."""
    return float(played.column("trust")[0, 0, 1])


def assurance_threshold(given: Any) -> float:
    """Give B06: (P - S) / ((R - T) + (P - S)) (Kydd 2005)."""
    fear = given.P - given.S
    total = given.R - given.T + fear
    return fear / total if total > 0 else math.inf


def simulate_assurance_threshold(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Find the trust from which on a state of the doctrine of assurance cooperates."""
    payoffs = {"reward": given.R, "temptation": given.T, "punishment": given.P, "sucker": given.S}

    def cooperates(trust: float) -> bool:
        changes = {"states.alba.doctrine": "assurance", "relations.alba.borea.trust": trust}
        changes |= {f"states.alba.{name}": float(value) for name, value in payoffs.items()}
        played = Worlds(isolated_scenario(("reciprocity",), changes), 1, seed)
        played.step()
        return bool(played.column("conduct")[0, 0, 1])

    return find_threshold(cooperates, MIN_TRUST, MAX_TRUST)


def signalling_scenario(t: float, m: float, rungs: int) -> Scenario:
    """Set a ladder of equal rungs, each of which an untrustworthy side would keep with chance m, one kept a round."""
    data = smallest_scenario(rungs=rungs)
    for step in data["negotiations"]["talks"]["rungs"].values():
        step.update(status="implementing", duration=1)
    changes = {**STILL, "belief.signal_cost_weight": -math.log(m) * rungs, "relations.alba.borea.trust": t}
    return isolated_scenario(("reputation", "reassurance"), {**changes, "verification.compliance_noise": 0.0}, data)


def simulate_trust_after_rungs(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Play k rungs, each verified in a round; what a rung earned counts in the round after."""
    played = Worlds(signalling_scenario(given.t, given.m, int(given.k)), 1, seed)
    played.step(int(given.k) + 1)
    return SimulatedValue(current_trust(played))


def max_rungs(m: float) -> int:
    """Count the rungs of a ladder that can each be copied with chance m: the weight of a signal's cost ends at 10."""
    return min(int(10.0 / -math.log(m)), 40)


def rungs_needed(given: Any) -> float:
    """Give the least k with t / (t + (1 - t) m^k) >= tstar."""
    odds = given.tstar / (1.0 - given.tstar) * (1.0 - given.t) / given.t
    return max(math.ceil(math.log(odds) / -math.log(given.m) - 1e-9), 0)


def simulate_rungs_needed(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Count the kept rungs until trust reaches the threshold."""
    played = Worlds(signalling_scenario(given.t, given.m, max_rungs(given.m)), 1, seed)
    played.step()
    kept = 0
    while current_trust(played) < given.tstar and kept < max_rungs(given.m):
        played.step()
        kept += 1
    return SimulatedValue(float(kept))


def simulate_trust_after_attack(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Let one attack be blamed on the other side."""
    data = smallest_scenario()
    blame = {"name": text("Wreckers"), "negotiation": "talks", "blamed_on": "borea", "hazard": 0.0}
    data["spoilers"] = {"wreckers": blame}
    changes = {
        **STILL, "attacks.attack_near_deal": 0.0, "attacks.stopped_if_trustworthy": given.sT,
        "attacks.stopped_if_untrustworthy": given.sU, "relations.alba.borea.trust": given.t,
    }  # fmt: skip
    attack = Override(1, "attack_talks", None, "wreckers", None, 1)
    played = Worlds(isolated_scenario(("reputation", "spoilers"), changes, data), 1, seed, (attack,))
    played.step(2)
    return SimulatedValue(current_trust(played))


def trust_after_attack(given: Any) -> float:
    """Give B07: t (1 - s_T) / (t (1 - s_T) + (1 - t)(1 - s_U)) (Kydd & Walter 2002)."""
    trusted, other = given.t * (1.0 - given.sT), (1.0 - given.t) * (1.0 - given.sU)
    return trusted / (trusted + other)


def evidence_worlds(memory: float, weight: float, hostile: range, seed: int) -> Worlds:
    """Set two states without a past; the second's conduct is cooperative but in the hostile rounds."""
    changes = {
        "belief.memory": memory, "belief.betrayal_weight": weight, "belief.conduct_evidence": 1.0,
        "belief.confirmation_bias": 0.0, "relations.alba.borea.trust": 0.5, "relations.alba.borea.evidence": 0.0,
        "states.borea.generosity": 1.0,
    }  # fmt: skip
    moves = tuple(Override(now, "choose_conduct", None, "borea", "alba", 0) for now in hostile)
    return Worlds(isolated_scenario(("reputation", "reciprocity"), changes), 1, seed, moves)


def simulate_trust_after_evidence(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """See r cooperative rounds, then s hostile ones, and forget nothing."""
    kept, broken = int(given.r), int(given.s)
    played = evidence_worlds(1.0, 1.0, range(kept + 1, kept + broken + 1), seed)
    played.step(kept + broken)
    return SimulatedValue(current_trust(played))


def rounds_to_limit(lam: float) -> int:
    """Count the rounds until evidence is as much as it will be, to one part in 10^13."""
    return math.ceil(math.log(1e-13) / math.log(lam))


def trust_limit(given: Any) -> float:
    """Give the limit of trust after kept rounds alone: (A + 1) / (A + 2), A = 1 / (1 - lam)."""
    most = 1.0 / (1.0 - given.lam)
    return (most + 1.0) / (most + 2.0)


def trust_after_betrayal(given: Any) -> float:
    """Give trust after one betrayal at the limit: A / (A + w + 1)."""
    most = 1.0 / (1.0 - given.lam)
    return most / (most + given.w + 1.0)


def repair_rounds(given: Any) -> float:
    """Give the least n with (A - lam^n + 1) / (A - lam^n + w lam^n + 2) >= T."""
    most = 1.0 / (1.0 - given.lam)
    left = (most + 1.0 - given.T * (most + 2.0)) / (1.0 + given.T * (given.w - 1.0))
    return max(math.ceil(math.log(left) / math.log(given.lam) - 1e-9), 0)


def simulate_trust_limit(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Keep faith until trust no longer moves."""
    played = evidence_worlds(given.lam, 1.0, range(0), seed)
    played.step(rounds_to_limit(given.lam))
    return SimulatedValue(current_trust(played))


def betrayal_worlds(given: Any, seed: int) -> Worlds:
    """Betray once when trust no longer moves, and stop there."""
    when = rounds_to_limit(given.lam) + 1
    played = evidence_worlds(given.lam, given.w, range(when, when + 1), seed)
    played.step(when)
    return played


def simulate_repair_rounds(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Count the kept rounds after one betrayal until trust is back at the target."""
    played = betrayal_worlds(given, seed)
    rounds = 0
    while current_trust(played) < given.T and rounds < 10_000:
        played.step()
        rounds += 1
    return SimulatedValue(float(rounds))


def assurance_problem(given: Any) -> str:
    """Say whether the threshold lies where no trust can start."""
    return (
        ""
        if MIN_TRUST < assurance_threshold(given) < MAX_TRUST
        else "gives a threshold outside 0.02 to 0.98, where trust can start"
    )


def ladder_length_problem(given: Any) -> str:
    """Say whether a ladder is too short."""
    needed, most = rungs_needed(given), max_rungs(given.m)
    return (
        "" if needed <= most else f"needs {needed} rungs; a ladder whose rungs are copied so often has at most {most}"
    )


def signal_cost_problem(given: Any) -> str:
    """Say whether so many rungs cannot each cost so much."""
    most = max_rungs(given.m)
    return "" if given.k <= most else f"k must be at most {most} with this m: the weight of a signal's cost ends at 10"


def repair_problem(given: Any) -> str:
    """Say whether trust can never come back."""
    return (
        ""
        if trust_limit(given) - 1e-6 > given.T
        else f"T must be below the limit of trust, {trust_limit(given):.4f} here"
    )


ASSURE = "Doctrine assurance, mechanism reciprocity alone; the trust from which on it cooperates, by halving."
SIGNAL = (
    "Ladder of equal rungs, one kept a round; mechanisms reputation and reassurance alone, evidence weighs nothing."
)
COUNT = "Mechanisms reputation and reciprocity alone, the other side's conduct forced; one count of evidence a round."

CHECKS = (
    Check(
        "B06a", "trust from which on assurance cooperates", "(P-S)/((R-T)+(P-S))", "Kydd 2005", PAYOFFS,
        assurance_threshold, simulate_assurance_threshold, ASSURE, assurance_problem,
    ),
    Check(
        "B06b", "trust after k kept rungs", "t/(t+(1-t)m^k)", "Kydd 2000, 2005",
        {"t": TRUST, "m": COPIED._replace(default=0.25), "k": Symbol(1, 1, 40, "rungs kept", whole=True)},
        lambda given: given.t / (given.t + (1.0 - given.t) * given.m**given.k), simulate_trust_after_rungs, SIGNAL, signal_cost_problem,
    ),
    Check(
        "B06c", "kept rungs until trust reaches tstar", "least k with t/(t+(1-t)m^k) >= tstar", "Kydd 2000, 2005",
        {"t": TRUST, "m": COPIED, "tstar": Symbol(2 / 3, 0.05, 0.95, "trust needed")},
        rungs_needed, simulate_rungs_needed, SIGNAL, ladder_length_problem,
    ),
    Check(
        "B07", "trust after one attack", "t(1-sT)/(t(1-sT)+(1-t)(1-sU))", "Kydd & Walter 2002",
        {
            "t": TRUST._replace(default=0.6),
            "sT": Symbol(0.8, 0.0, 0.99, "chance that a trustworthy side would have stopped it"),
            "sU": Symbol(0.3, 0.0, 0.99, "chance that an untrustworthy side would have"),
        },
        trust_after_attack, simulate_trust_after_attack, "One attack forced; mechanisms reputation and spoilers alone, evidence weighs nothing.",
    ),
    Check(
        "B13a", "trust after r kept and s broken rounds", "(r+1)/(r+s+2)", "Josang & Ismail 2002",
        {"r": Symbol(8, 0, 1000, "rounds kept", whole=True), "s": Symbol(2, 0, 1000, "rounds broken", whole=True)},
        lambda given: (given.r + 1.0) / (given.r + given.s + 2.0), simulate_trust_after_evidence, COUNT + " Nothing is forgotten.",
    ),
    Check(
        "B13b", "limit of trust with forgetting", "(A+1)/(A+2), A=1/(1-lam)", "Josang & Ismail 2002",
        {"lam": MEMORY}, trust_limit, simulate_trust_limit, COUNT,
    ),
    Check(
        "B13c", "trust after one betrayal at that limit", "A/(A+w+1), A=1/(1-lam)", "Slovic 1993 on asymmetry",
        {"lam": MEMORY, "w": WEIGHT}, trust_after_betrayal,
        lambda given, worlds, seed: SimulatedValue(current_trust(betrayal_worlds(given, seed))), COUNT,
    ),
    Check(
        "B13d", "kept rounds that repair it", "least n with (A-lam^n+1)/(A-lam^n+w lam^n+2) >= T",
        "Slovic 1993 on asymmetry",
        {"lam": MEMORY, "w": WEIGHT, "T": Symbol(0.9, 0.5, 0.99, "trust to be reached again")},
        repair_rounds, simulate_repair_rounds, COUNT, repair_problem,
    ),
)  # fmt: skip

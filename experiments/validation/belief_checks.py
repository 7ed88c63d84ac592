"""Trust as belief: assurance, costly signals, violence, evidence and forgetting (B06, B07, B13)."""

import math
from typing import Any

from experiments.engine.worlds import Worlds
from experiments.validation.check import Check, SimulatedValue, Symbol, find_threshold
from experiments.validation.degenerate import isolated_scenario, smallest_scenario, text
from model.overrides import Override
from model.scenario import Scenario

MIN_TRUST, MAX_TRUST = 0.02, 0.98  # range of initial trust
TRUST = Symbol(0.3, MIN_TRUST, MAX_TRUST, "initial trust")
PAYOFFS = {
    "R": Symbol(4.0, -10, 10, "payoff of mutual cooperation"),
    "T": Symbol(3.0, -10, 10, "payoff for defecting on a cooperator"),
    "P": Symbol(2.0, -10, 10, "payoff of mutual defection"),
    "S": Symbol(1.0, -10, 10, "payoff for cooperating with a defector"),
}
COPY_CHANCE = Symbol(0.6, 0.1, 0.95, "probability that an untrustworthy side also takes the step")
MEMORY = Symbol(0.9, 0.5, 0.995, "share of the evidence retained each round")
WEIGHT = Symbol(4.0, 1.0, 10.0, "weight of a betrayal relative to a kept promise")
SIGNALS_ONLY = {  # only costly signals change trust
    "belief.memory": 1.0, "belief.conduct_evidence": 0.0, "belief.rung_evidence": 0.0,
    "relations.alba.borea.evidence": 8.0,
}  # fmt: skip


def current_trust(simulation: Worlds) -> float:
    """Return the first party's trust in the second, in the first world."""
    return float(simulation.column("trust")[0, 0, 1])


def assurance_threshold(given: Any) -> float:
    """Return the threshold of B06: (P - S) / ((R - T) + (P - S)) (Kydd 2005)."""
    fear = given.P - given.S
    total = given.R - given.T + fear
    return fear / total if total > 0 else math.inf


def simulate_assurance_threshold(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Find the lowest trust at which a state with the assurance doctrine cooperates."""
    payoffs = {"reward": given.R, "temptation": given.T, "punishment": given.P, "sucker": given.S}

    def cooperates(trust: float) -> bool:
        changes = {"states.alba.doctrine": "assurance", "relations.alba.borea.trust": trust}
        changes |= {f"states.alba.{name}": float(value) for name, value in payoffs.items()}
        simulation = Worlds(isolated_scenario(("reciprocity",), changes), 1, seed)
        simulation.step()
        return bool(simulation.column("conduct")[0, 0, 1])

    return find_threshold(cooperates, MIN_TRUST, MAX_TRUST)


def signalling_scenario(t: float, m: float, rungs: int) -> Scenario:
    """Return a scenario with equal rungs, one kept per round; an untrustworthy side keeps each with probability m."""
    data = smallest_scenario(rungs=rungs)
    for step in data["negotiations"]["talks"]["rungs"].values():
        step.update(status="implementing", duration=1)
    changes = {**SIGNALS_ONLY, "belief.signal_cost_weight": -math.log(m) * rungs, "relations.alba.borea.trust": t}
    return isolated_scenario(("reputation", "reassurance"), {**changes, "verification.compliance_noise": 0.0}, data)


def simulate_trust_after_rungs(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Return trust after k rungs, one verified per round; a rung changes trust in the following round."""
    simulation = Worlds(signalling_scenario(given.t, given.m, int(given.k)), 1, seed)
    simulation.step(int(given.k) + 1)
    return SimulatedValue(current_trust(simulation))


def max_rungs(m: float) -> int:
    """Return the maximum number of rungs at probability m: the weight of a signal's cost is at most 10."""
    return min(int(10.0 / -math.log(m)), 40)


def rungs_needed(given: Any) -> float:
    """Return the least k with t / (t + (1 - t) m^k) >= tstar."""
    odds = given.tstar / (1.0 - given.tstar) * (1.0 - given.t) / given.t
    return max(math.ceil(math.log(odds) / -math.log(given.m) - 1e-9), 0)


def simulate_rungs_needed(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Count the kept rungs until trust reaches the threshold tstar."""
    simulation = Worlds(signalling_scenario(given.t, given.m, max_rungs(given.m)), 1, seed)
    simulation.step()
    rungs = 0
    while current_trust(simulation) < given.tstar and rungs < max_rungs(given.m):
        simulation.step()
        rungs += 1
    return SimulatedValue(float(rungs))


def simulate_trust_after_attack(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Return trust after one attack that is blamed on the other side."""
    data = smallest_scenario()
    spoiler = {"name": text("Wreckers"), "negotiation": "talks", "blamed_on": "borea", "hazard": 0.0}
    data["spoilers"] = {"wreckers": spoiler}
    changes = {
        **SIGNALS_ONLY, "attacks.attack_near_deal": 0.0, "attacks.stopped_if_trustworthy": given.sT,
        "attacks.stopped_if_untrustworthy": given.sU, "relations.alba.borea.trust": given.t,
    }  # fmt: skip
    attack = Override(1, "attack_talks", None, "wreckers", None, 1)
    simulation = Worlds(isolated_scenario(("reputation", "spoilers"), changes, data), 1, seed, (attack,))
    simulation.step(2)
    return SimulatedValue(current_trust(simulation))


def trust_after_attack(given: Any) -> float:
    """Return B07: t (1 - s_T) / (t (1 - s_T) + (1 - t)(1 - s_U)) (Kydd & Walter 2002)."""
    trusted, other = given.t * (1.0 - given.sT), (1.0 - given.t) * (1.0 - given.sU)
    return trusted / (trusted + other)


def evidence_worlds(memory: float, weight: float, hostile: range, seed: int) -> Worlds:
    """Return a world of two states without prior evidence; the second cooperates except in the hostile rounds."""
    changes = {
        "belief.memory": memory, "belief.betrayal_weight": weight, "belief.conduct_evidence": 1.0,
        "belief.confirmation_bias": 0.0, "relations.alba.borea.trust": 0.5, "relations.alba.borea.evidence": 0.0,
        **{f"states.borea.{name}": 1.0 for name in ("after_cc", "after_cd", "after_dc", "after_dd")},
    }  # fmt: skip
    moves = tuple(Override(now, "choose_conduct", None, "borea", "alba", 0) for now in hostile)
    return Worlds(isolated_scenario(("reputation", "reciprocity"), changes), 1, seed, moves)


def simulate_trust_after_evidence(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Return trust after r cooperative and then s hostile rounds, without forgetting."""
    cooperative, hostile = int(given.r), int(given.s)
    simulation = evidence_worlds(1.0, 1.0, range(cooperative + 1, cooperative + hostile + 1), seed)
    simulation.step(cooperative + hostile)
    return SimulatedValue(current_trust(simulation))


def rounds_to_limit(lam: float) -> int:
    """Return the rounds until evidence reaches its limit to one part in 10^13."""
    return math.ceil(math.log(1e-13) / math.log(lam))


def trust_limit(given: Any) -> float:
    """Return the limit of trust after kept rounds only: (A + 1) / (A + 2), A = 1 / (1 - lam)."""
    limit = 1.0 / (1.0 - given.lam)
    return (limit + 1.0) / (limit + 2.0)


def trust_after_betrayal(given: Any) -> float:
    """Return trust after one betrayal at the limit: A / (A + w + 1)."""
    limit = 1.0 / (1.0 - given.lam)
    return limit / (limit + given.w + 1.0)


def repair_rounds(given: Any) -> float:
    """Return the least n with (A - lam^n + 1) / (A - lam^n + w lam^n + 2) >= T."""
    limit = 1.0 / (1.0 - given.lam)
    remaining = (limit + 1.0 - given.T * (limit + 2.0)) / (1.0 + given.T * (given.w - 1.0))
    return max(math.ceil(math.log(remaining) / math.log(given.lam) - 1e-9), 0)


def simulate_trust_limit(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Return trust once cooperation no longer changes it."""
    simulation = evidence_worlds(given.lam, 1.0, range(0), seed)
    simulation.step(rounds_to_limit(given.lam))
    return SimulatedValue(current_trust(simulation))


def betrayal_worlds(given: Any, seed: int) -> Worlds:
    """Return a world just after one betrayal at the limit of trust."""
    betrayal = rounds_to_limit(given.lam) + 1
    simulation = evidence_worlds(given.lam, given.w, range(betrayal, betrayal + 1), seed)
    simulation.step(betrayal)
    return simulation


def simulate_repair_rounds(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Count the kept rounds after one betrayal until trust is back at the target T."""
    simulation = betrayal_worlds(given, seed)
    rounds = 0
    while current_trust(simulation) < given.T and rounds < 10_000:
        simulation.step()
        rounds += 1
    return SimulatedValue(float(rounds))


def remembered_trust(given: Any) -> float:
    """Return trust n rounds after evidence a and b, without any more: it returns to the inherited t (e + 2)."""
    counts, left = given.e + 2.0, given.lam**given.n
    return (given.t * counts + left * (given.a - given.t * counts)) / (counts + left * (given.a + given.b - counts))


def simulate_remembered_trust(given: Any, worlds: int, seed: int) -> SimulatedValue:
    """Return trust n rounds after both counts of evidence are forced."""
    changes = {
        "belief.memory": given.lam, "belief.conduct_evidence": 0.0, "relations.alba.borea.trust": given.t,
        "relations.alba.borea.evidence": given.e,
    }  # fmt: skip
    counts = {"update_good_evidence": given.a, "update_bad_evidence": given.b}
    moves = tuple(Override(1, act, None, "alba", "borea", value) for act, value in counts.items())
    simulation = Worlds(isolated_scenario(("reputation",), changes), 1, seed, moves)
    simulation.step(1 + int(given.n))
    return SimulatedValue(current_trust(simulation))


def assurance_problem(given: Any) -> str:
    """Return an error text if the threshold is outside the range of initial trust."""
    return (
        ""
        if MIN_TRUST < assurance_threshold(given) < MAX_TRUST
        else "gives a threshold outside 0.02 to 0.98, the range of initial trust"
    )


def ladder_length_problem(given: Any) -> str:
    """Return an error text if no ladder is long enough."""
    needed, most = rungs_needed(given), max_rungs(given.m)
    return "" if needed <= most else f"needs {needed} rungs; with this m a ladder has at most {most}"


def signal_cost_problem(given: Any) -> str:
    """Return an error text if k rungs cannot be this costly."""
    most = max_rungs(given.m)
    return "" if given.k <= most else f"k must be at most {most} with this m: a signal's cost has at most weight 10"


def repair_problem(given: Any) -> str:
    """Return an error text if trust can never reach the target."""
    return (
        ""
        if trust_limit(given) - 1e-6 > given.T
        else f"T must be below the limit of trust, {trust_limit(given):.4f} here"
    )


ASSURANCE_SETTING = "Doctrine assurance; only mechanism reciprocity on. The threshold of trust is found by bisection."
SIGNAL_SETTING = (
    "Ladder of equal rungs, one kept per round; only mechanisms reputation and reassurance on; evidence has no weight."
)
EVIDENCE_SETTING = (
    "Only mechanisms reputation and reciprocity on; the other's conduct is forced; one unit of evidence per round."
)

CHECKS = (
    Check(
        "B06a", "lowest trust at which assurance cooperates", "(P-S)/((R-T)+(P-S))", "Kydd 2005", PAYOFFS,
        assurance_threshold, simulate_assurance_threshold, ASSURANCE_SETTING, assurance_problem,
    ),
    Check(
        "B06b", "trust after k kept rungs", "t/(t+(1-t)m^k)", "Kydd 2000, 2005",
        {"t": TRUST, "m": COPY_CHANCE._replace(default=0.25), "k": Symbol(1, 1, 40, "rungs kept", whole=True)},
        lambda given: given.t / (given.t + (1.0 - given.t) * given.m**given.k), simulate_trust_after_rungs,
        SIGNAL_SETTING, signal_cost_problem,
    ),
    Check(
        "B06c", "kept rungs until trust reaches tstar", "least k with t/(t+(1-t)m^k) >= tstar", "Kydd 2000, 2005",
        {"t": TRUST, "m": COPY_CHANCE, "tstar": Symbol(2 / 3, 0.05, 0.95, "trust needed")}, rungs_needed,
        simulate_rungs_needed, SIGNAL_SETTING, ladder_length_problem,
    ),
    Check(
        "B07", "trust after one attack", "t(1-sT)/(t(1-sT)+(1-t)(1-sU))", "Kydd & Walter 2002",
        {
            "t": TRUST._replace(default=0.6),
            "sT": Symbol(0.8, 0.0, 0.99, "probability that a trustworthy side would have stopped it"),
            "sU": Symbol(0.3, 0.0, 0.99, "probability that an untrustworthy side would have"),
        },
        trust_after_attack, simulate_trust_after_attack,
        "One attack is forced; only mechanisms reputation and spoilers on; evidence has no weight.",
    ),
    Check(
        "B13a", "trust after r kept and s broken rounds", "(r+1)/(r+s+2)", "Josang & Ismail 2002",
        {"r": Symbol(8, 0, 1000, "rounds kept", whole=True), "s": Symbol(2, 0, 1000, "rounds broken", whole=True)},
        lambda given: (given.r + 1.0) / (given.r + given.s + 2.0), simulate_trust_after_evidence,
        EVIDENCE_SETTING + " No forgetting.",
    ),
    Check(
        "B13b", "limit of trust with forgetting", "(A+1)/(A+2), A=1/(1-lam)", "Josang & Ismail 2002", {"lam": MEMORY},
        trust_limit, simulate_trust_limit, EVIDENCE_SETTING,
    ),
    Check(
        "B13c", "trust after one betrayal at that limit", "A/(A+w+1), A=1/(1-lam)", "Slovic 1993 on asymmetry",
        {"lam": MEMORY, "w": WEIGHT}, trust_after_betrayal,
        lambda given, worlds, seed: SimulatedValue(current_trust(betrayal_worlds(given, seed))), EVIDENCE_SETTING,
    ),
    Check(
        "B13d", "kept rounds until trust is repaired", "least n with (A-lam^n+1)/(A-lam^n+w lam^n+2) >= T",
        "Slovic 1993 on asymmetry", {"lam": MEMORY, "w": WEIGHT, "T": Symbol(0.9, 0.5, 0.99, "trust to regain")},
        repair_rounds, simulate_repair_rounds, EVIDENCE_SETTING, repair_problem,
    ),
    Check(
        "B13e", "trust n rounds after evidence a and b, without any more",
        "(A0+lam^n(a-A0))/(e+2+lam^n(a+b-e-2)), A0=t(e+2)", "Josang & Ismail 2002, with an inherited prior",
        {
            "t": TRUST, "e": Symbol(4.0, 0.0, 100.0, "evidence inherited"), "lam": MEMORY,
            "a": Symbol(12.0, 1.0, 100.0, "good evidence"), "b": Symbol(2.0, 1.0, 100.0, "bad evidence"),
            "n": Symbol(10, 0, 1000, "rounds without evidence", whole=True),
        },
        remembered_trust, simulate_remembered_trust, "Both counts are forced; only mechanism reputation on.",
    ),
)  # fmt: skip

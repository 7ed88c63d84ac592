"""The positions of actors in the network diagram, determined by their roles."""

from model.scenario import Scenario

Position = tuple[float, float]  # from the left and from the top, each 0 to 1
FIRST_PARTY, SECOND_PARTY = (0.16, 0.5), (0.84, 0.5)
ABOVE, BELOW = 0.2, 0.83
EDGE_HEIGHTS = (0.22, 0.82, 0.06, 0.68, 0.34, 0.95, 0.14, 0.75)  # heights of third states at the edges


def actor_positions(scenario: Scenario, negotiation: str) -> dict[str, Position]:
    """Return positions: parties left and right, facilitators above, bodies and spoilers below, others at the edges."""
    talks = scenario.negotiations[negotiation]
    first, second = talks.parties
    positions = {first: FIRST_PARTY, second: SECOND_PARTY}
    positions |= _row(list(talks.facilitators), ABOVE, 0.5, 0.2)
    verifiers = {rung.verifier for rung in talks.rungs.values()}
    positions |= _row([name for name in scenario.bodies if name in verifiers], BELOW, 0.5, 0.2)
    for blamed, middle in ((first, 0.3), (second, 0.7)):
        own = [n for n, who in scenario.spoilers.items() if who.negotiation == negotiation and who.blamed_on == blamed]
        positions |= _row(own, BELOW, middle, 0.08)
    return positions | _around(scenario, [name for name in scenario.states if name not in talks.parties], first, second)


def _row(names: list[str], height: float, middle: float, step: float) -> dict[str, Position]:
    """Return positions side by side, centred on ``middle``."""
    step = min(step, 0.52 / max(len(names) - 1, 1))
    start = middle - step * (len(names) - 1) / 2
    return {name: (round(start + step * at, 4), height) for at, name in enumerate(names)}


def _around(scenario: Scenario, others: list[str], first: str, second: str) -> dict[str, Position]:
    """Return positions of third states at the edges, each on the side of its closer ally."""

    def closeness(name: str) -> float:
        pull = [
            scenario.relation(a, b).alliance for a, b in ((name, first), (first, name), (name, second), (second, name))
        ]
        return pull[2] + pull[3] - pull[0] - pull[1]

    order = sorted(others, key=closeness)
    half = (len(order) + 1) // 2
    positions = {}
    for side, own in ((0.05, order[:half]), (0.95, order[half:])):
        for at, name in enumerate(own):
            positions[name] = (side, EDGE_HEIGHTS[at % len(EDGE_HEIGHTS)])
    return positions

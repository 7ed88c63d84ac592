"""The initial values of columns, parameters and switches, from a scenario.

Where the points of a design differ, a field of the scenario is a ``Varied``, and so are the cells computed from it.
These functions must therefore not branch on a number: they use ``choose``, ``least`` and ``greatest``. They add with
``total``, which rounds alike for one world and for all points.
"""

from typing import Any

from model.arithmetic import log_odds
from model.chance import stable_id
from model.columns import HABITS, PRIOR_VIOLATION, SKILLS, STATE_PARAMETERS
from model.enumerations import Doctrine, RungStatus
from model.mechanisms import MECHANISMS
from model.parameters import PARAMETERS
from model.scenario import Scenario
from model.varied import choose, greatest, least, map_values, total


def bundle_rungs(scenario: Scenario, negotiation: str) -> list[list[str]]:
    """Return the rungs of a ladder grouped into steps of the size that the bundling gives."""
    talks = scenario.negotiations[negotiation]
    rungs = list(talks.rungs)
    return [rungs[at : at + talks.bundling] for at in range(0, len(rungs), talks.bundling)]


def fill_columns(world: Any, scenario: Scenario) -> None:
    """Write the parameters, the switches, the given columns, and other columns with an initial value of their own."""
    parameters, switches = world.parameters, world.switches
    for at, (section, name) in enumerate(PARAMETERS):
        parameters[at] = getattr(getattr(scenario, section), name)
    for at, name in enumerate(MECHANISMS):
        switches[at] = getattr(scenario.mechanisms, name)
    _fill_actors(world, scenario)
    _fill_relations(world, scenario)
    for k, name in enumerate(scenario.negotiations):
        _fill_negotiation(world, scenario, k, name)


def _fill_actors(world: Any, scenario: Scenario) -> None:
    for me, (name, state) in enumerate(scenario.states.items()):
        world.state_id[me] = stable_id(name)
        world.doctrine[me] = Doctrine[state.doctrine] if isinstance(state.doctrine, str) else state.doctrine
        world.veto_players[me] = state.veto_players
        for parameter in STATE_PARAMETERS:
            getattr(world, f"own_{parameter}")[me] = getattr(state, parameter)
        for name in HABITS:
            getattr(world, f"habit_{name}")[me] = map_values(log_odds, getattr(state, f"after_{name}"))
        for name in ("cd", "dd"):
            habit = getattr(state, f"after_{name}")
            generous = map_values(log_odds, habit + state.generosity * (1.0 - habit))
            getattr(world, f"forgiveness_{name}")[me] = generous - map_values(log_odds, habit)
        world.usual_support[me] = world.support[me] = state.support
        world.programme[me] = state.programme
        world.conduct[me] = state.cooperates_first
        world.perceived[:, me] = state.cooperates_first
    for f, (name, facilitator) in enumerate(scenario.facilitators.items()):
        world.facilitator_id[f] = stable_id(name)
        world.arrives[f] = facilitator.arrives
        world.present[f] = facilitator.arrives == 0
        world.credibility[f] = facilitator.credibility
        for skill in SKILLS:
            getattr(world, f"skill_{skill}")[f] = getattr(facilitator, skill)
    for b, (name, body) in enumerate(scenario.bodies.items()):
        world.body_id[b] = stable_id(name)
        for fact in ("detection", "false_alarm", "delay", "inspections"):
            getattr(world, fact)[b] = getattr(body, fact)
    for x, (name, spoiler) in enumerate(scenario.spoilers.items()):
        talks = scenario.negotiations[spoiler.negotiation]
        world.spoiler_id[x] = stable_id(name)
        world.target[x] = list(scenario.negotiations).index(spoiler.negotiation)
        world.blamed[x] = talks.parties.index(spoiler.blamed_on)
        world.hazard[x] = spoiler.hazard


def _fill_relations(world: Any, scenario: Scenario) -> None:
    world.negotiation_between[...] = -1
    for me, one in enumerate(scenario.states):
        for other, another in enumerate(scenario.states):
            relation = scenario.relation(one, another)
            counts = relation.evidence + 2.0
            same = me == other
            world.prior_good_evidence[me, other] = world.good_evidence[me, other] = relation.trust * counts
            world.prior_bad_evidence[me, other] = world.bad_evidence[me, other] = (1.0 - relation.trust) * counts
            world.trust[me, other] = 1.0 if same else relation.trust
            world.posture[me, other] = 0.0 if same else relation.tension
            world.grievance[me, other] = relation.grievance
            world.campaign[me, other] = relation.campaign
            world.pressure[me, other] = relation.pressure
            back = scenario.relation(another, one)
            world.conduct_record[me, other] = back.trust
            world.alliance[me, other] = choose(relation.alliance != 0.0, relation.alliance, back.alliance)


def _fill_negotiation(world: Any, scenario: Scenario, k: int, name: str) -> None:
    talks = scenario.negotiations[name]
    states = list(scenario.states)
    first, second = (states.index(party) for party in talks.parties)
    world.negotiation_id[k] = stable_id(name)
    world.party[k] = first, second
    world.negotiation_between[first, second] = world.negotiation_between[second, first] = k
    world.contact[k] = talks.talking
    world.initial_access[k] = world.access[k] = talks.access
    world.suspicion[k] = PRIOR_VIOLATION
    for f, helper in enumerate(scenario.facilitators):
        world.mediates[f, k] = helper in talks.facilitators
    for state, attitude in talks.attitudes.items():
        world.attitude[states.index(state), k] = attitude
    steps, ladder = bundle_rungs(scenario, name), total(rung.stake for rung in talks.rungs.values())
    world.rungs[k] = len(steps)
    world.verifier[k] = -1
    for r, step in enumerate(steps):
        bundled = [talks.rungs[rung] for rung in step]
        share = [rung.stake / ladder for rung in bundled]
        stake = total(share)
        world.rung_id[k, r] = stable_id("+".join(step))
        world.stake[k, r] = stake
        world.verifiability[k, r] = least(rung.verifiability for rung in bundled)
        world.reversibility[k, r] = least(rung.reversibility for rung in bundled)
        world.access_granted[k, r] = total(rung.access for rung in bundled)
        world.duration[k, r] = greatest(rung.duration for rung in bundled)
        world.status[k, r] = min(RungStatus[rung.status.upper()] for rung in bundled)
        verifiers = [rung.verifier for rung in bundled if rung.verifier is not None]
        if verifiers:
            world.verifier[k, r] = list(scenario.bodies).index(verifiers[0])
        for side, party in enumerate(talks.parties):
            concessions = [rung.parties[party] for rung in bundled]
            weights = [part / stake for part in share]
            world.security_burden[k, side, r] = total(w * c.security for w, c in zip(weights, concessions, strict=True))
            world.sovereignty_burden[k, side, r] = total(
                w * c.sovereignty for w, c in zip(weights, concessions, strict=True)
            )
            world.programme_cut[k, side, r] = total(each.restraint for each in concessions)
            world.pressure_relief[k, side, r] = total(each.relief for each in concessions)

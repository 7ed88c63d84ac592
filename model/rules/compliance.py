"""Whether a party to a negotiation complies with the agreement in force (M5, M6)."""

from typing import Annotated, NamedTuple

from model.arithmetic import holds
from model.chance import Moment, draw
from model.compiler import rule
from model.enumerations import Status
from model.rules.lookups import at_stake, bound, detection_now
from model.terms import Term


class Honest(NamedTuple):
    """Keeping one's word pays."""

    good_name: Annotated[float, Term(0, 5, "what a trustworthy side would lose of its own")]
    honour: Annotated[float, Term(0, 5, "gain from honouring the stake")]
    future: Annotated[float, Term(0, 5, "gain from betraying a later, larger stake instead")]
    deterrence: Annotated[float, Term(0, 5, "penalty if it were detected")]
    temptation: Annotated[float, Term(-5, 0, "gain from betraying the stake now")]
    threshold: float


class Careful(NamedTuple):
    """No rule is broken by accident."""

    care: Annotated[float, Term(0.5, 1, "chance that nothing goes wrong")]
    threshold: float


@rule
def look_ahead(world, k):
    """See the next stake that could be betrayed: that of the rung in play, or of the one after if it is under way."""
    r = world.rung[k]
    if r < 0:
        return 0.0
    if world.status[k, r] == Status.IMPLEMENTING:
        r += 1
    return world.stake[k, r] if r < world.rungs[k] else 0.0


@rule
def has_duties(world, k, side):
    """Say whether a side has something to keep."""
    return bound(world, k) and world.left[k, side] == 0


@rule
def honest(world, k, side):
    """Weigh good name + honour c s + future delta b s' + deterrence against temptation b s (B05)."""
    me, stake = world.party[k, side], at_stake(world, k)
    return Honest(
        world.good_name * stake if world.trustworthy[me] else 0.0,
        world.honour_gain * stake,
        world.own_patience[me] * world.betrayal_gain * world.prospect[k],
        world.deterrence * stake * detection_now(world, k),
        -world.betrayal_gain * stake,
        0.0,
    )


@rule
def careful(world, k, side):
    """Weigh the chance of an accidental violation."""
    me, other = world.party[k, side], world.party[k, 1 - side]
    fate = draw(world, Moment.COMPLY, world.state_id[me], world.state_id[other], world.negotiation_id[k])
    return Careful(1.0 - world.compliance_noise, fate)


@rule
def comply(world, k, side):
    """Keep what stands if that pays and nothing goes wrong."""
    if not has_duties(world, k, side):
        return True
    return holds(honest(world, k, side)) and holds(careful(world, k, side))

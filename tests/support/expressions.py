"""Random expressions over indicators as trees, their text, and a plain Python evaluator for one world."""

import math

from hypothesis import strategies as st

from model.measures import indicator_names

NEGOTIATIONS = ("border", "us-iran")
NAMES = indicator_names(NEGOTIATIONS)
LEVELS = {"or": 1, "and": 2, "not": 3, "+": 5, "-": 5, "*": 6, "/": 6, "negative": 7}
LEVELS |= dict.fromkeys(("<", "<=", ">", ">=", "==", "!="), 4)
OF_NUMBERS = ("mean", "sum", "min", "max", "last")
OF_CONDITIONS = ("count", "share", "when", "longest")

numbers = st.sampled_from([0.0, 0.5, 1.0, 2.0, 0.1, 1e308, 1e-300]).map(lambda value: ("number", value))
series = st.one_of(st.sampled_from(NAMES).map(lambda name: ("indicator", name)), st.just(("round",)))


def opaque(strategy):
    """Return a strategy whose representation does not hold that of its parts, which would grow too large."""

    @st.composite
    def one(draw):
        return draw(strategy)

    return one()


def combined(leaves):
    """Return numbers made of leaves and of operators."""

    def extend(inner):
        binary = st.tuples(st.sampled_from("+-*/"), inner, inner)
        functions = st.tuples(st.sampled_from(["min of two", "max of two"]), inner, inner)
        return st.one_of(binary, functions, st.tuples(st.sampled_from(["negative", "abs"]), inner))

    return opaque(st.recursive(leaves, extend, max_leaves=4))


def conditions(of):
    """Return conditions that compare numbers."""
    compared = st.tuples(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), of, of)
    extend = lambda inner: st.one_of(st.tuples(st.sampled_from(["and", "or"]), inner, inner), st.tuples(st.just("not"), inner))  # noqa: E731  # fmt: skip
    return opaque(st.recursive(compared, extend, max_leaves=4))


def has_series(tree):
    """Return whether a tree holds an indicator or the round."""
    return tree[0] in ("indicator", "round") or any(has_series(part) for part in tree[1:] if isinstance(part, tuple))


first = combined(st.one_of(series, numbers)).filter(has_series).map(lambda tree: ("first", tree))
by_round = combined(st.one_of(series, series, numbers, first))
over_rounds = st.one_of(
    st.tuples(st.sampled_from(OF_NUMBERS), by_round.filter(has_series)),
    st.tuples(st.sampled_from(OF_CONDITIONS), conditions(by_round).filter(has_series)),
    first,
)
world_numbers = combined(st.one_of(over_rounds, over_rounds, numbers)).filter(has_series)


def text_of(tree, level=0):
    """Return the text of a tree with the fewest parentheses, for a place that needs at least ``level``."""
    action, *parts = tree
    if action == "number":
        return repr(parts[0])
    if action in ("indicator", "round"):
        return parts[0] if parts else action
    if action not in LEVELS:
        return f"{action.removesuffix(' of two')}({', '.join(map(text_of, parts))})"
    own = LEVELS[action]
    if action in ("not", "negative"):
        text = f"{'not ' if action == 'not' else '-'}{text_of(parts[0], own)}"
    else:
        left = own + 1 if own == LEVELS["<"] else own
        text = f"{text_of(parts[0], left)} {action} {text_of(parts[1], own + 1)}"
    return f"({text})" if own < level else text


def finite(value):
    return value if math.isfinite(value) else math.nan


def value_of(tree, rows, now):
    """Return the value of a tree in round ``now`` of one world; rows: the indicators of each round as lists."""
    action, *parts = tree
    if action == "number":
        return parts[0]
    if action == "round":
        return float(now)
    if action == "indicator":
        return rows[now][NAMES.index(parts[0])]
    if action == "first":
        return value_of(parts[0], rows, 0)
    if action == "last":
        return value_of(parts[0], rows, now)
    if action in (*OF_NUMBERS, *OF_CONDITIONS):
        return over_rounds_value(action, [value_of(parts[0], rows, each) for each in range(1, now + 1)])
    return operator_value(action, [value_of(part, rows, now) for part in parts])


def over_rounds_value(action, values):
    """Return the value of a function over rounds 1, 2, ..."""
    if action in ("min", "max"):
        return math.nan if any(math.isnan(each) for each in values) else {"min": min, "max": max}[action](values)
    if action == "when":
        return float(values.index(True) + 1) if True in values else math.nan
    if action == "longest":
        longest = streak = 0
        for each in values:
            streak = streak + 1 if each else 0
            longest = max(longest, streak)
        return float(longest)
    total = 0.0
    for each in values:
        total += each
    return finite(finite(total) / len(values)) if action in ("mean", "share") else finite(total)


def operator_value(action, values):
    """Return the value of an operator or a function of values."""
    one, other = values[0], values[-1]
    if action in ("and", "or", "not"):
        return {"and": one and other, "or": one or other, "not": not one}[action]
    if action in ("negative", "abs"):
        return -one if action == "negative" else abs(one)
    if math.isnan(one) or math.isnan(other):
        return False if LEVELS.get(action) == LEVELS["<"] else math.nan
    if action in ("min of two", "max of two"):
        return min(values) if action == "min of two" else max(values)
    if action == "/":
        return finite(one / other) if other else math.nan
    compared = {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other, "==": one == other, "!=": one != other}  # fmt: skip
    return compared[action] if action in compared else finite({"+": one + other, "-": one - other, "*": one * other}[action])  # fmt: skip


def is_short(tree):
    return len(text_of(tree)) <= 800


metrics = st.one_of(world_numbers, conditions(world_numbers)).filter(is_short)
stopping_conditions = conditions(st.one_of(by_round, world_numbers)).filter(has_series).filter(is_short)

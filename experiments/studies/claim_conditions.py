"""Where does a claim hold? A small tree over the parameters of the points, in words."""

import math
import warnings
from typing import Any, NamedTuple

import numpy as np

LEAVES, LEAST_LEAF, FOLDS = (2, 3, 4), 0.1, 5  # of the trees tried; least share of the points in a leaf; parts
LEAST_GAIN = 0.05  # in accuracy, by which a tree must beat the more frequent answer
LARGER_GAIN = 0.03  # by which a larger tree must beat a smaller one


class ParameterRange(NamedTuple):
    """The range of a parameter: from low (infinite if open) to below high."""

    parameter: str
    low: float = -math.inf
    high: float = math.inf

    def __str__(self) -> str:
        if math.isinf(self.low):
            return f"{self.parameter} is below {self.high:.3g}"
        if math.isinf(self.high):
            return f"{self.parameter} is at least {self.low:.3g}"
        return f"{self.parameter} is between {self.low:.3g} and {self.high:.3g}"


class Regions(NamedTuple):
    """The regions in which a claim holds, each a list of conditions.

    mass: share of the points inside. inside, outside: share of the points there at which the claim holds. accuracy:
    share of points that the tree classifies rightly if it has not seen them.
    """

    boxes: list[list[ParameterRange]]
    mass: float
    inside: float
    outside: float
    accuracy: float

    @property
    def parameters(self) -> list[str]:
        """Return the parameters on which it depends."""
        return list(dict.fromkeys(each.parameter for box in self.boxes for each in box))

    def describe(self) -> str:
        """Return where the claim holds, in words."""
        where = "; or where ".join(" and ".join(map(str, box)) for box in self.boxes)
        return f"where {where} ({self.inside:.0%} of those worlds), elsewhere in {self.outside:.0%}".replace("%", " %")


def find_regions(
    names: list[str], values: np.ndarray, holds: np.ndarray, weights: np.ndarray, seed: int = 1
) -> Regions | None:
    """Return the regions in which a claim holds, from a tree with at most four leaves (Breiman et al. 1984).

    values: [point, parameter]. holds: bool [point]. weights: [point]. Of two trees the smaller one is taken, unless the
    larger does better by three hundredths on points that it has not seen. None if no tree does better on these than the
    more frequent answer does, by five hundredths.
    """
    common = max(weights @ holds, weights @ ~holds) / weights.sum()
    if min(holds.sum(), (~holds).sum()) < 2 * FOLDS or not len(names):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the library, about its own future versions
        leaves, accuracy = LEAVES[0], -1.0
        for count in LEAVES:
            own = _accuracy(count, values, holds, weights, seed)
            if own > accuracy + LARGER_GAIN:
                leaves, accuracy = count, own
        if accuracy < common + LEAST_GAIN:
            return None
        tree = _tree(leaves, seed).fit(values, holds, sample_weight=weights)
    boxes = [_as_ranges(box) for box in _holding_boxes(tree.tree_, names)]
    inside = np.asarray(tree.predict(values), bool)
    if inside.all() or not inside.any():
        return None
    within, elsewhere = (float(weights[part] @ holds[part] / weights[part].sum()) for part in (inside, ~inside))
    return Regions(boxes, float(weights @ inside / weights.sum()), within, elsewhere, accuracy)


def _accuracy(leaves: int, values: np.ndarray, holds: np.ndarray, weights: np.ndarray, seed: int) -> float:
    """Return the share of points that a tree classifies rightly in cross-validation."""
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    guesses = cross_val_predict(_tree(leaves, seed), values, holds, cv=folds, params={"sample_weight": weights})
    return float(weights @ (guesses == holds) / weights.sum())


def _tree(leaves: int, seed: int) -> Any:
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier(max_leaf_nodes=leaves, min_weight_fraction_leaf=LEAST_LEAF, random_state=seed)


type Path = tuple[tuple[str, bool, float], ...]  # of the limits on the way to a node: parameter, is below, value


def _holding_boxes(tree: Any, names: list[str], node: int = 0, path: Path = ()) -> list[Path]:
    """Return the limits of each part of a fitted tree in which every leaf says that the claim holds."""
    left, right = int(tree.children_left[node]), int(tree.children_right[node])
    if left < 0:
        against, in_favour = tree.value[node][0]
        return [path] if in_favour > against else []
    name, value = names[int(tree.feature[node])], float(tree.threshold[node])
    sides = [(*path, (name, is_below, value)) for is_below in (True, False)]
    boxes = _holding_boxes(tree, names, left, sides[0]) + _holding_boxes(tree, names, right, sides[1])
    return [path] if all(side in boxes for side in sides) else boxes


def _as_ranges(box: Path) -> list[ParameterRange]:
    """Return the limits of a box as one range for each parameter."""
    ranges: dict[str, ParameterRange] = {}
    for name, is_below, value in box:
        known = ranges.get(name, ParameterRange(name))
        ranges[name] = (
            known._replace(high=min(known.high, value)) if is_below else known._replace(low=max(known.low, value))
        )
    return list(ranges.values())

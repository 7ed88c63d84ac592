"""The arithmetic of rules: exp, ln and the normal quantile; operations that rules may not use."""

import ast
import math
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest

import model
from model.arithmetic import exp, holds, ln, normal_quantile, sum_terms

RULES = sorted((Path(model.__file__).parent / "rules").glob("*.py"))
FORBIDDEN_CALLS = {"sum", "pow", "mean", "exp2", "log"}


def test_exp_agrees_with_the_standard_library():
    for x in np.linspace(-40.0, 40.0, 4001):
        assert exp(x) == pytest.approx(math.exp(x), rel=1e-15)


def test_ln_agrees_with_the_standard_library():
    for x in np.exp(np.linspace(-40.0, 40.0, 4001)):
        assert ln(x) == pytest.approx(math.log(x), rel=1e-15, abs=2e-16)


def test_normal_quantile_agrees_with_the_standard_library():
    for u in np.linspace(1e-6, 1 - 1e-6, 2001):
        assert normal_quantile(u) == pytest.approx(NormalDist().inv_cdf(u), rel=2e-8, abs=2e-8)


def test_a_condition_holds_when_its_terms_reach_the_threshold():
    assert holds((0.25, 0.5, 0.75))
    assert not holds((0.25, 0.5, 0.7500000000000001))
    assert sum_terms((0.25, 0.5, 9.0)) == 0.75


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_rules_follow_the_arithmetic_contract(path):
    """No powers, no sum(), no .mean(), no library logarithms, no other random numbers."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        assert not isinstance(node, ast.Pow)
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            assert name not in FORBIDDEN_CALLS, (path.name, node.lineno, name)
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = {alias.name for alias in node.names} | {getattr(node, "module", "") or ""}
            assert not names & {"random", "numpy.random", "exp", "log"} or "model.arithmetic" in names, (
                path.name,
                names,
            )

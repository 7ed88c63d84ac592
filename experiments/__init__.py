"""Measured runs: the compiled kernel, ensembles, counterfactuals, studies, historical cases and validation.

Programs use ``import detente``.
"""

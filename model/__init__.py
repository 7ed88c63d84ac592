"""The model: what exists, how it decides, in what order. No Mesa and no screen in here.

compiler.py       what a rule is, and how it is compiled; arithmetic.py, the arithmetic it keeps to
enumerations.py   the numbers that columns hold for named things
chance.py         addressed randomness
parameters.py     every parameter, declared once; parameter_space.py lists them with their ranges
scenario.py       a scenario file; loading.py reads it, checks.py and schema_errors.py find errors, errors.py holds them
columns.py        the columns of the world; world.py holds them, initial_state.py fills them from a scenario
compiled_world.py the world as compiled rules read it; in_place.py finds the rules that may write in place
terms.py          how a decision says why
rules/            one small function per decision
protocol.py       the round, top to bottom
overrides.py      forced moves and events, as data
measures.py       indicators and outcomes
signals.py        the messages of a round, read from the columns
atomic_files.py   files written whole or not at all
"""

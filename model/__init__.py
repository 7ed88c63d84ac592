"""The model: what is, how it decides, in what order. No Mesa and no screen in here.

rule.py        what a rule is, and the arithmetic it keeps to
chance.py      luck with an address
parameters.py  every parameter, declared once
scenario.py    a scenario file; faults.py says what is wrong with one
columns.py     the columns of the world; world.py holds them, filling.py fills them from a scenario
terms.py       how a decision says why
rules/         one small function per decision
protocol.py    the round, top to bottom
overrides.py   forced moves and events, as data
measures.py    indicators and outcomes
signals.py     the messages of a round, read from the columns
"""

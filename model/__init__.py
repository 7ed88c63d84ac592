"""The model: the state of a world, the rules and the protocol. It depends on neither Mesa nor a user interface.

compiler.py       compilation of rules; arithmetic.py, the arithmetic that they may use
enumerations.py   enumerations whose numbers columns hold
chance.py         random draws with addresses
parameters.py     global parameters; parameter_space.py lists all parameters of a scenario
scenario.py       the schema of a scenario; loading.py loads it, checks.py and schema_errors.py report errors
errors.py         errors in input files
former_names.py   names of earlier versions
columns.py        the columns of the world; world.py stores them, initial_state.py sets their initial values
varied.py         arithmetic of initial_state.py for one world, or for all points of a design at once
plan.py           the initial state as a function of the values of a design; design_columns.py checks them
compiled_world.py the world as compiled rules read it, with the fields that world_fields.py lists
in_place.py       finds the acts that can write in place
terms.py          conditions of a decision and their terms
rules/            one small function per decision
protocol.py       the acts of a round, in order
overrides.py      forced moves and events
measures.py       indicators and outcomes
signals.py        the messages of a round, derived from the columns
atomic_files.py   atomic file writes
"""

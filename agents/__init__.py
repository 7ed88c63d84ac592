"""Watched runs: Mesa agents that call the rules and can be overridden, and a ledger that explains every decision.

actor.py              base class of all actors: an index, columns as attributes, rules as methods
state.py              State; facilitator.py: Facilitator; verification_body.py: VerificationBody
decision_cells.py     which actor decides which cell of an act
assembly.py           Assembly, the Mesa model: creates the actors and runs the protocol
narrator.py           describes a run in entries of the ledger
ledger.py             one entry for each decision, signal and event of a run
act_words.py          texts of each act, from words/LANGUAGE.toml
sentences.py          sentences made from these texts
"""

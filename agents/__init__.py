"""The watched side: Mesa agents that ask the rules, describe the run, and can be overridden.

actor.py              what all actors share: a seat in the world, its columns, rules as methods
state.py              State; facilitator.py Facilitator; verification_body.py VerificationBody
decision_cells.py            who decides which cell of an act
assembly.py           Assembly, the Mesa model: seats the actors and plays the protocol
narrator.py           describes the run in rows of the ledger
ledger.py             every decision, signal and event of a run as a row
act_words.py          the words of each act, from words/LANGUAGE.toml
sentences.py          the sentences
"""

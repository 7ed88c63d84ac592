"""The classroom: people take seats in a live negotiation, agents keep the others.

verbs.py         what a seat can order, and which acts of the protocol each order forces
table.py         the run in which orders meet the world: each is asked for as its act comes
sight.py         what a seat may know, and nothing more
facts.py         the facts beside a choice: cost, risk, gain; keys.py lists the words they need
weighing.py      what each option costs and risks for a seat, as far as it knows
moves.py         the verbs open to a seat this turn, and the check of what was sent
lesson.py        one lesson: its turns, seats, clock and presence
store.py         SQLite, which owns the truth; rooms.py finds rooms, lessons and people in it
views.py         what a student sees; console.py what the instructor and the projector see
predictions.py   bets, Brier score, calibration
debrief.py       you against your ghost, turning points, questions
exports.py       CSV, report, and the lesson as a file
api.py           the routes; news.py tells that something changed; limits.py bounds rates and sizes
rehearsal.py     asks everything once, so that the first student does not wait for a compiler
bots.py          scripted students, for tests and for the command line
"""

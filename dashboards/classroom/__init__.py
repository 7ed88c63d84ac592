"""The classroom: people take seats in a live negotiation, agents keep the others.

Each package uses only those below it.

server/     routes, the student and instructor API, cookies, events, limits of rate, downloads, pages
debrief/    each seat compared with its agent, turning points, questions
views/      what a student, the instructor and the projector see; role cards, exports, translations
lesson/     rooms, lessons, participants, settings, bets, the store
game/       what a seat can order and may know, what an option costs and risks, the run in which orders are played
schemas.py  what browsers may send
bots.py     scripted students, for tests and for the command line
"""

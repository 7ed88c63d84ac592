"""The classroom: people take seats in a live negotiation; agents play the others.

Each package uses only those below it.

server/     routes, the student and instructor API, cookies, events, rate limits, downloads, pages
debrief/    comparison of each seat with its agent, turning points, questions
views/      the views of students, instructor and projector; role cards, exports, translations
lesson/     rooms, lessons, participants, settings, forecasts, the store
game/       the actions and visibility of a seat, the consequences of options, the simulation that plays orders
schemas.py  the requests that browsers may send
bots.py     scripted students, for tests and for the command line
"""

"""The API of the classroom: codes, keys, cookies, hostile requests, messages, news."""

import json
import math

import requests
from support.classroom import HOSTILE, SURE, make_lesson, serve_api, submit_choices

from dashboards.classroom.views.exports import csv_table, moves_csv


def test_codes_cannot_be_guessed_and_a_wrong_key_opens_nothing(house):
    room, _ = make_lesson(house)
    with serve_api(house) as clients:
        guesser = clients()
        key = house.rooms.instructor_key(True)
        statuses = [guesser.ask("POST", "look", {"code": f"AAAA{at:02}"})[0] for at in range(40)]
        assert statuses[:30] == [404] * 30
        assert statuses[-1] == 429
        for authorization in ("", "Instructor", "Instructor wrong", f"Bearer {key}", "Instructor é"):
            wrong = clients(authorization.encode().decode("latin-1"))
            for method, path in (("GET", "rooms"), ("GET", f"rooms/{room['code']}/console"), ("POST", "rooms")):
                assert wrong.ask(method, path)[0] in (401, 429)
        house.wrong._left.clear()
        assert clients(f"Instructor {key}").get("key")["ok"]
        assert clients().post("look", {"code": f" {room['code'].lower()[:3]}-{room['code'][3:]}"})["open"]
        assert key not in json.dumps([dict(row) for row in house.rooms.store.rows("SELECT * FROM house")])


def test_looking_takes_no_seat_and_names_are_kept_as_text(house):
    room, lesson = make_lesson(house, seats={"alba": 1})
    with serve_api(house) as clients:
        for _ in range(3):
            assert clients().post("look", {"code": room["code"]})["seats"][0]["people"] == 0
        joined = clients().post("join", {"code": room["code"], "name": HOSTILE, "seat": None})
        assert joined["seat"] == "alba"
        assert clients().ask("POST", "join", {"code": room["code"], "name": "Late", "seat": None})[0] == 409
        student = clients(f"Bearer {joined['token']}")
        assert student.get("me")["name"] == HOSTILE.replace("\u202e", "").replace("  ", " ")
        for name in ("", "   ", "\x00\x07", "n" * 41, 7, None):
            sent = {"code": room["code"], "name": name, "seat": None}
            assert clients().ask("POST", "join", sent)[1]["error"]["code"] == "name.bad"
    lesson.go("playing", turn=1)
    submit_choices(lesson, joined["person"], "alba", {"conduct:borea": "friendly"})
    assert csv_table(["name"], [["=1+1"]]) == "name\n'=1+1\n"
    assert "<script>" in moves_csv(lesson)


def test_no_request_makes_the_server_fail(house):
    room, lesson = make_lesson(house)
    lesson.go("playing", turn=1)
    junk = [None, True, -1, 1e308, 10**400, "x" * 300, [], {"a": {}}, "\ud800", "'; DROP TABLE move; --"]
    with serve_api(house) as clients:
        token = clients().post("join", {"code": room["code"], "name": "Mina", "seat": "alba"})["token"]
        key = house.rooms.instructor_key(True)
        student, console = clients(f"Bearer {token}"), clients(f"Instructor {key}")
        bodies = [
            (student, "move", {"turn": 1, "base": 0, "choices": {}, "done": True}),
            (student, "bet", {"at": 0, "percent": SURE}),
            (student, "message", {"to": "all", "text": "Hello"}),
            (student, "here", {"page": "play", "seconds": 1}),
            (student, "seat", {"seat": "borea"}),
            (student, "again", {"seat": "borea"}),
            (
                console,
                f"rooms/{room['code']}/lessons",
                {"scenario": "two-states", "rounds": 2, "seats": {}, "bets": []},
            ),
            (clients(), "join", {"code": room["code"], "name": "Mina", "seat": None}),
            (clients(), "look", {"code": room["code"]}),
            (clients(), "enter", {"token": token}),
            (clients(), "solo", {"scenario": "two-states", "seat": "alba", "seed": 1, "rounds": 2}),
        ]
        actions = {"inject": "event", "hand": "seat", "extend": "seconds", "set": "settings", "cancel": "at"}
        at = f"rooms/{room['code']}/do"
        bodies += [(console, at, {"action": name, field: None}) for name, field in actions.items()]
        for client, path, body in bodies:
            for each in junk:
                for sent in ({**body, field: each} for field in (*body, "choices", str(each))):
                    house.wrong._left.clear(), house.writing._left.clear(), house.solo._left.clear()
                    status, answer = client.ask("POST", path, sent)
                    assert 200 <= status < 500, (path, each, answer)
                    if status != 200:
                        assert answer["error"]["text"]
        assert student.ask("POST", "message", {"to": "all", "text": "y" * 20_000})[0] == 413
        assert student.ask("GET", "nothing/here")[0] == 404


def test_no_number_makes_the_server_fail(house):
    room, lesson = make_lesson(house)
    lesson.go("playing", turn=1)
    with serve_api(house) as clients:
        token = clients().post("join", {"code": room["code"], "name": "Mina", "seat": "alba"})["token"]
        student = clients(f"Bearer {token}")
        console = clients(f"Instructor {house.rooms.instructor_key(True)}")
        for value in (10**400, 1e308, math.nan, -math.inf):
            sent = [
                (student, "here", {"seconds": value}),
                (student, "bet", {"at": 0, "percent": SURE | {"breakdown": value}}),
                (console, f"rooms/{room['code']}/do", {"action": "remove", "person": value}),
                (
                    console,
                    f"rooms/{room['code']}/do",
                    {"action": "inject", "event": {"kind": "oil_shock", "value": value}},
                ),
                (clients(), "solo", {"scenario": "two-states", "seat": "alba", "changes": {"mechanisms.noise": value}}),
                (
                    clients(),
                    "solo",
                    {"scenario": "two-states", "seat": "alba", "changes": {"states.alba.support": value}},
                ),
            ]
            for client, path, each in sent:
                status, answer = client.ask("POST", path, each)
                assert (status, bool(answer["error"]["text"])) in ((400, True), (409, True)), (path, each, answer)


def test_messages_reach_whom_they_are_for_and_only_if_allowed(house):
    room, _ = make_lesson(house)
    with serve_api(house) as clients:
        joined = [
            clients().post("join", {"code": room["code"], "name": seat, "seat": seat})
            for seat in ("alba", "borea", "corvia")
        ]
        alba, borea, corvia = (clients(f"Bearer {each['token']}") for each in joined)
        alba.post("message", {"to": "borea", "text": HOSTILE})
        alba.post("message", {"to": "all", "text": "To everyone"})
        assert len(borea.get("me")["messages"]) == len(alba.get("me")["messages"]) == 2
        assert [each["text"] for each in corvia.get("me")["messages"]] == ["To everyone"]
        console = clients(f"Instructor {house.rooms.instructor_key(True)}")
        console.post(f"rooms/{room['code']}/do", {"action": "set", "settings": {"messages": False}})
        assert alba.ask("POST", "message", {"to": "all", "text": "Hello"})[1]["error"]["code"] == "message.off"


def test_news_tells_that_something_changed_and_never_what_and_ends_when_the_server_does(house):
    room, lesson = make_lesson(house)
    with serve_api(house) as clients:
        news = clients().news(room["code"])
        assert next(news)["scope"] == "room"
        joined = [
            clients().post("join", {"code": room["code"], "name": seat, "seat": seat})
            for seat in ("alba", "borea", "corvia")
        ]
        assert [next(news)["scope"] for _ in joined] == ["console"] * 3
        people = [clients(f"Bearer {each['token']}") for each in joined]
        own = [each.news("") for each in people]
        begun = [next(each)["version"] for each in own]
        people[0].post("message", {"to": "borea", "text": "Between us"})
        told = [next(news), next(own[2])]
        lesson.go("playing", turn=1)
        submit_choices(lesson, joined[0]["person"], "alba", {"conduct:borea": "hostile"})
        told += [next(news), next(own[2])]
        # Who has no part in it hears the same of a private message and of a move: no seat, and no gap that tells of one.
        assert [each["scope"] for each in told] == ["console"] * 4
        assert [each["version"] - begun[2] for each in told] == [1, 1, 2, 2]
        assert [next(own[0])["scope"] for _ in range(4)] == ["seat", "console", "seat", "console"]
        assert [next(own[1])["scope"] for _ in range(3)] == ["seat", "console", "console"]
        house.news.close()
        assert [list(each) for each in (news, *own)] == [[]] * 4
        assert clients().ask("GET", f"news?code={room['code']}")[0] == 503


def test_a_cookie_holds_a_seat_only_for_pages_that_name_their_room(house):
    (room, _), (other, _) = make_lesson(house), make_lesson(house)
    code = room["code"]
    with serve_api(house) as clients:
        token = clients().post("join", {"code": code, "name": "Mina", "seat": "alba"})["token"]
        base, held = clients().base, {"Cookie": f"detente-seat-{code}={token}"}

        def status(path, **headers):
            return requests.get(f"{base}/class/api/{path}", headers=held | headers, timeout=10).status_code

        assert status("me", **{"Detente-Room": code.lower()}) == 200
        assert status("me") == 401  # as another site would make a browser ask
        assert status("me", **{"Detente-Room": other["code"]}) == 401
        said = {"Content-Type": "application/json"}
        entered = requests.post(f"{base}/class/api/enter", data=json.dumps({"token": token}), headers=said, timeout=10)
        kept = entered.headers["set-cookie"].lower()
        assert all(part in kept for part in (token.lower(), "httponly", "samesite=lax", "path=/class"))
        asked = f"{base}/class/api/message"
        sent = {"data": json.dumps({"to": "all", "text": "Hello"}), "headers": held | said, "timeout": 10}
        assert requests.post(asked, **sent).status_code == 401
        sent["headers"] = held | said | {"Detente-Room": code}
        assert requests.post(asked, **sent).status_code == 200

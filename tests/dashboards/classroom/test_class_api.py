"""The API of the classroom: codes, keys, cookies, hostile requests, messages, events."""

import json
import math

import requests
from support.classroom import CERTAIN_BREAKDOWN, HOSTILE, make_lesson, serve_api, submit_choices

from dashboards.classroom.views.exports import csv_table, moves_csv


def test_wrong_codes_and_keys_are_refused_and_limited(context):
    room, _ = make_lesson(context)
    with serve_api(context) as clients:
        guesser = clients()
        key = context.rooms.create_instructor_key(True)
        statuses = [guesser.request("POST", "look", {"code": f"AAAA{at:02}"})[0] for at in range(40)]
        assert statuses[:30] == [404] * 30
        assert statuses[-1] == 429
        for authorization in ("", "Instructor", "Instructor wrong", f"Bearer {key}", "Instructor é"):
            wrong = clients(authorization.encode().decode("latin-1"))
            for method, path in (("GET", "rooms"), ("GET", f"rooms/{room['code']}/console"), ("POST", "rooms")):
                assert wrong.request(method, path)[0] in (401, 429)
        context.failed_attempts._left.clear()
        assert clients(f"Instructor {key}").get("key")["ok"]
        assert clients().post("look", {"code": f" {room['code'].lower()[:3]}-{room['code'][3:]}"})["open"]
        assert key not in json.dumps([dict(row) for row in context.rooms.store.rows("SELECT * FROM house")])


def test_room_preview_takes_no_seat_and_names_stay_text(context):
    room, lesson = make_lesson(context, seats={"alba": 1})
    with serve_api(context) as clients:
        for _ in range(3):
            assert clients().post("look", {"code": room["code"]})["seats"][0]["people"] == 0
        joined = clients().post("join", {"code": room["code"], "name": HOSTILE, "seat": None})
        assert joined["seat"] == "alba"
        assert clients().request("POST", "join", {"code": room["code"], "name": "Late", "seat": None})[0] == 409
        student = clients(f"Bearer {joined['token']}")
        assert student.get("me")["name"] == HOSTILE.replace("\u202e", "").replace("  ", " ")
        for name in ("", "   ", "\x00\x07", "n" * 41, 7, None):
            data = {"code": room["code"], "name": name, "seat": None}
            assert clients().request("POST", "join", data)[1]["error"]["code"] == "name.bad"
    lesson.set_phase("playing", turn=1)
    submit_choices(lesson, joined["person"], "alba", {"conduct:borea": "friendly"})
    assert csv_table(["name"], [["=1+1"]]) == "name\n'=1+1\n"
    assert "<script>" in moves_csv(lesson)


def test_malformed_requests_never_cause_server_errors(context):
    room, lesson = make_lesson(context)
    lesson.set_phase("playing", turn=1)
    junk = [None, True, -1, 1e308, 10**400, "x" * 300, [], {"a": {}}, "\ud800", "'; DROP TABLE move; --"]
    with serve_api(context) as clients:
        token = clients().post("join", {"code": room["code"], "name": "Mina", "seat": "alba"})["token"]
        key = context.rooms.create_instructor_key(True)
        student, console = clients(f"Bearer {token}"), clients(f"Instructor {key}")
        bodies = [
            (student, "move", {"turn": 1, "base": 0, "choices": {}, "done": True}),
            (student, "forecast", {"at": 0, "percent": CERTAIN_BREAKDOWN}),
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
                for data in ({**body, field: each} for field in (*body, "choices", str(each))):
                    (
                        context.failed_attempts._left.clear(),
                        context.write_limit._left.clear(),
                        context.solo_limit._left.clear(),
                    )
                    status, answer = client.request("POST", path, data)
                    assert 200 <= status < 500, (path, each, answer)
                    if status != 200:
                        assert answer["error"]["text"]
        assert student.request("POST", "message", {"to": "all", "text": "y" * 20_000})[0] == 413
        assert student.request("GET", "nothing/here")[0] == 404


def test_extreme_numbers_never_cause_server_errors(context):
    room, lesson = make_lesson(context)
    lesson.set_phase("playing", turn=1)
    with serve_api(context) as clients:
        token = clients().post("join", {"code": room["code"], "name": "Mina", "seat": "alba"})["token"]
        student = clients(f"Bearer {token}")
        console = clients(f"Instructor {context.rooms.create_instructor_key(True)}")
        for value in (10**400, 1e308, math.nan, -math.inf):
            data = [
                (student, "here", {"seconds": value}),
                (student, "forecast", {"at": 0, "percent": CERTAIN_BREAKDOWN | {"breakdown": value}}),
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
            for client, path, each in data:
                status, answer = client.request("POST", path, each)
                assert (status, bool(answer["error"]["text"])) in ((400, True), (409, True)), (path, each, answer)


def test_messages_reach_only_their_receivers_and_if_allowed(context):
    room, _ = make_lesson(context)
    with serve_api(context) as clients:
        joined = [
            clients().post("join", {"code": room["code"], "name": seat, "seat": seat})
            for seat in ("alba", "borea", "corvia")
        ]
        alba, borea, corvia = (clients(f"Bearer {each['token']}") for each in joined)
        alba.post("message", {"to": "borea", "text": HOSTILE})
        alba.post("message", {"to": "all", "text": "To everyone"})
        assert len(borea.get("me")["messages"]) == len(alba.get("me")["messages"]) == 2
        assert [each["text"] for each in corvia.get("me")["messages"]] == ["To everyone"]
        console = clients(f"Instructor {context.rooms.create_instructor_key(True)}")
        console.post(f"rooms/{room['code']}/do", {"action": "set", "settings": {"messages": False}})
        assert alba.request("POST", "message", {"to": "all", "text": "Hello"})[1]["error"]["code"] == "message.off"


def test_events_report_changes_without_content_until_shutdown(context):
    room, lesson = make_lesson(context)
    with serve_api(context) as clients:
        stream = clients().listen(room["code"])
        assert next(stream)["scope"] == "room"
        joined = [
            clients().post("join", {"code": room["code"], "name": seat, "seat": seat})
            for seat in ("alba", "borea", "corvia")
        ]
        assert [next(stream)["scope"] for _ in joined] == ["console"] * 3
        people = [clients(f"Bearer {each['token']}") for each in joined]
        streams = [each.listen("") for each in people]
        versions = [next(each)["version"] for each in streams]
        people[0].post("message", {"to": "borea", "text": "Between us"})
        events = [next(stream), next(streams[2])]
        lesson.set_phase("playing", turn=1)
        submit_choices(lesson, joined[0]["person"], "alba", {"conduct:borea": "hostile"})
        events += [next(stream), next(streams[2])]
        # Other participants get the same events for a private message and for a move, without the seat or gaps in versions.
        assert [each["scope"] for each in events] == ["console"] * 4
        assert [each["version"] - versions[2] for each in events] == [1, 1, 2, 2]
        assert [next(streams[0])["scope"] for _ in range(4)] == ["seat", "console", "seat", "console"]
        assert [next(streams[1])["scope"] for _ in range(3)] == ["seat", "console", "console"]
        context.events.close()
        assert [list(each) for each in (stream, *streams)] == [[]] * 4
        assert clients().request("GET", f"news?code={room['code']}")[0] == 503


def test_seat_cookie_needs_the_room_header(context):
    (room, _), (other, _) = make_lesson(context), make_lesson(context)
    code = room["code"]
    with serve_api(context) as clients:
        token = clients().post("join", {"code": code, "name": "Mina", "seat": "alba"})["token"]
        base, cookies = clients().base, {"Cookie": f"detente-seat-{code}={token}"}

        def status(path, **headers):
            return requests.get(f"{base}/class/api/{path}", headers=cookies | headers, timeout=10).status_code

        assert status("me", **{"Detente-Room": code.lower()}) == 200
        assert status("me") == 401  # as in a cross-site request
        assert status("me", **{"Detente-Room": other["code"]}) == 401
        json_type = {"Content-Type": "application/json"}
        entered = requests.post(
            f"{base}/class/api/enter", data=json.dumps({"token": token}), headers=json_type, timeout=10
        )
        cookie = entered.headers["set-cookie"].lower()
        assert all(part in cookie for part in (token.lower(), "httponly", "samesite=lax", "path=/class"))
        url = f"{base}/class/api/message"
        data = {"data": json.dumps({"to": "all", "text": "Hello"}), "headers": cookies | json_type, "timeout": 10}
        assert requests.post(url, **data).status_code == 401
        data["headers"] = cookies | json_type | {"Detente-Room": code}
        assert requests.post(url, **data).status_code == 200

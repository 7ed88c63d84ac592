"""The command `open`: a shared link starts the dashboard where it points."""

import socket
import subprocess

import requests
from support.browser import DETENTE


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_a_link_is_opened_and_its_invalid_parts_are_named():
    link = "http://127.0.0.1:8765/?s=two-states&set=states.alba.dialogue:0.4&worlds=64&colour=red"
    command = [DETENTE, "open", link, "--no-browser", "--port", str(free_port())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        try:
            address = server.stdout.readline().split()[2]
            assert "?s=two-states&set=states.alba.dialogue:0.4&seed=1&worlds=64" in address
            assert "colour" not in address
            assert requests.get(address, timeout=60).status_code == 200
        finally:
            server.terminate()
        assert "unknown parts: “colour”" in server.stderr.read()


def test_what_is_no_link_is_refused():
    done = subprocess.run([DETENTE, "open", "two-states"], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr == "link: must be a link of the dashboard, such as s=us-iran-2026 (found 'two-states')\n"

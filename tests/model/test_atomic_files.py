"""Files are written whole or not at all."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from model.atomic_files import atomic_replacement, write_atomically


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "kept.txt"
    write_atomically(path, b"first")
    write_atomically(path, b"second")
    assert path.read_bytes() == b"second"
    assert list(tmp_path.iterdir()) == [path]


def fail_halfway(path):
    """Begin to write, and fail."""
    with atomic_replacement(path) as draft:
        draft.write_bytes(b"half of the sec")
        raise InterruptedError


def test_what_fails_leaves_the_file_as_it_was_and_no_draft(tmp_path):
    path = tmp_path / "kept.txt"
    write_atomically(path, b"first")
    with pytest.raises(InterruptedError):
        fail_halfway(path)
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]


def test_until_the_draft_is_done_the_old_file_is_there(tmp_path):
    path = tmp_path / "kept.txt"
    write_atomically(path, b"first")
    with atomic_replacement(path) as draft:
        draft.write_bytes(b"second")
        assert path.read_bytes() == b"first"
    assert path.read_bytes() == b"second"


def test_writers_at_the_same_moment_do_not_mix(tmp_path):
    path, contents = tmp_path / "kept.txt", [bytes([65 + number]) * 200_000 for number in range(8)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda content: write_atomically(path, content), contents * 5))
    assert path.read_bytes() in contents
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "nowhere" / "kept.txt", b"first")

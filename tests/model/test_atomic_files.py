"""Atomic file writes: complete or not at all."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from model.atomic_files import atomic_replacement, write_atomically


def test_write_atomically_replaces_the_file(tmp_path):
    path = tmp_path / "file.txt"
    write_atomically(path, b"first")
    write_atomically(path, b"second")
    assert path.read_bytes() == b"second"
    assert list(tmp_path.iterdir()) == [path]


def fail_halfway(path):
    """Write half of a draft, then fail."""
    with atomic_replacement(path) as draft:
        draft.write_bytes(b"half of the sec")
        raise InterruptedError


def test_a_failed_write_keeps_the_old_file_and_no_draft(tmp_path):
    path = tmp_path / "file.txt"
    write_atomically(path, b"first")
    with pytest.raises(InterruptedError):
        fail_halfway(path)
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]


def test_the_old_file_remains_until_the_draft_is_complete(tmp_path):
    path = tmp_path / "file.txt"
    write_atomically(path, b"first")
    with atomic_replacement(path) as draft:
        draft.write_bytes(b"second")
        assert path.read_bytes() == b"first"
    assert path.read_bytes() == b"second"


def test_concurrent_writers_do_not_mix_content(tmp_path):
    path, contents = tmp_path / "file.txt", [bytes([65 + number]) * 200_000 for number in range(8)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda content: write_atomically(path, content), contents * 5))
    assert path.read_bytes() in contents
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_raises_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "nowhere" / "file.txt", b"first")

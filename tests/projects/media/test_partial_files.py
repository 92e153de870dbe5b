"""What a killed writer leaves is found by its name, and nothing else is touched."""

import os

from generation.artifacts import atomic_write
from projects.media.partial_files import forget_partials


def test_what_a_killed_writer_leaves_is_deleted(tmp_path):
    def dies():
        yield b"half"
        # As if the process were killed: what is there now would stay.
        (left,) = [path for path in tmp_path.iterdir() if path.name.startswith(".")]
        os.link(left, tmp_path / f"kept{left.name}")
        yield b"whole"

    atomic_write(tmp_path / "file", dies())
    (kept,) = tmp_path.glob("kept*")
    left = kept.rename(tmp_path / kept.name.removeprefix("kept"))
    os.utime(left, (0, 0))

    assert sum(forget_partials(tmp_path, written_before=1)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_links_are_not_followed_and_what_is_young_stays(tmp_path):
    name = "." + "0" * 32 + ".partial"
    inside, outside = tmp_path / "in", tmp_path / "out"
    for folder in (inside, outside):
        folder.mkdir()
        (folder / name).write_bytes(b"x")
        os.utime(folder / name, (100, 100))
    (inside / "link").symlink_to(outside)
    (inside / ("." + "1" * 32 + ".partial")).symlink_to(outside / name)

    assert sum(forget_partials(inside, written_before=100)) == 0
    assert sum(forget_partials(inside, written_before=101)) == 1
    assert (outside / name).exists()
    assert list(forget_partials(tmp_path / "nowhere", written_before=101)) == []

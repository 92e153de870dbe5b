"""What somebody changes in a project's file who means harm, or whose disk does, and the code that names it."""

import hashlib

from tests.support.project_files import replaced


# What is wrong, and what it is called. Each takes the manifest and the files by name.
def _wrong_hash(manifest, files):
    name = next(name for name in files if name.startswith("media/"))
    files[name] = files[name][:-1] + bytes([files[name][-1] ^ 1])


def _missing_file(manifest, files):
    del files[next(name for name in files if name.startswith("media/"))]


def _other_size(manifest, files):
    manifest["files"][0]["size"] += 1


def _unknown_version(manifest, _files):
    manifest["version"] = 2


def _another_format(manifest, _files):
    manifest["format"] = "something"


def _a_list(_manifest, _files):
    return []


def _a_path_that_leads_away(_manifest, files):
    files["../../etc/cron.d/x"] = b"* * * * *"


def _an_absolute_path(_manifest, files):
    files["/etc/passwd"] = b"x"


def _a_backslash(_manifest, files):
    files["media\\..\\x"] = b"x"


def _a_name_that_leads_away(manifest, files):
    manifest["files"][0]["name"] = "media/../project.json"


def _an_id_twice(manifest, _files):
    manifest["nodes"].append(manifest["nodes"][0])


def _a_parent_that_is_not_there(manifest, _files):
    manifest["nodes"][0]["parent_node_id"] = "00000000-0000-7000-8000-000000000000"


def _a_shot_that_continues_itself(manifest, _files):
    shots = [node for node in manifest["nodes"] if node["kind"] == "shot"]
    take = next(take for take in manifest["takes"] if take["shot_id"] == shots[-1]["id"])
    shots[0]["parent_take_id"], shots[0]["parent_node_id"] = take["id"], None


def _a_take_that_comes_from_itself(manifest, _files):
    manifest["takes"][0]["parent_take_id"] = manifest["takes"][0]["id"]


def _a_prompt_with_nul(manifest, _files):
    manifest["nodes"][1]["prompt"] = "a\0b"


def _half_a_character(manifest, _files):
    manifest["project"]["title"] = "\ud800"


def _a_number_for_a_title(manifest, _files):
    manifest["project"]["title"] = 3


def _a_duration_beyond_all(manifest, _files):
    manifest["takes"][0]["duration_s"] = 10**9


def _a_picture_that_is_text(manifest, files):
    (sha256,) = [asset["file"] for asset in manifest["assets"] if asset["kind"] == "image"]
    replaced(manifest, files, sha256, b"<script>alert(1)</script>" * 10)


def _a_clip_that_is_noise(manifest, files):
    sha256 = next(asset["file"] for asset in manifest["assets"] if asset["kind"] == "clip")
    replaced(manifest, files, sha256, hashlib.sha512(b"x").digest() * 100)


def _a_second_cut_short(manifest, files):
    sha256 = manifest["takes"][0]["seconds"][0]["fragment"]
    name = next(name for name in files if sha256 in name)
    replaced(manifest, files, sha256, files[name][:-200])


def _seconds_in_another_order(manifest, _files):
    take = next(take for take in manifest["takes"] if take["duration_s"] == 2)
    take["seconds"].reverse()


def _a_second_that_takes_from_the_next(manifest, files):
    """Joined they play as before, but neither by itself."""
    first, second = next(take for take in manifest["takes"] if take["duration_s"] == 2)["seconds"]
    name, following = (next(it for it in files if one["fragment"] in it) for one in (first, second))
    data, more = files[name], files[following]
    old, older = first["fragment"], second["fragment"]
    replaced(manifest, files, old, data + more[:8])
    replaced(manifest, files, older, more[8:])


def _latents_that_are_none(manifest, files):
    replaced(manifest, files, manifest["takes"][0]["seconds"][0]["latents"], b"\x80\x04" * 100)


def _a_clip_as_a_picture(manifest, _files):
    clip = next(asset for asset in manifest["assets"] if asset["kind"] == "clip")
    clip["kind"] = "image"


# By the code of its refusal.
WRONG = {
    _wrong_hash: "project_file_changed", _missing_file: "project_file_missing", _other_size: "project_file_changed",
    _unknown_version: "project_file_version", _another_format: "project_file_unreadable",
    _a_list: "project_file_unreadable", _a_path_that_leads_away: "project_file_unsafe",
    _an_absolute_path: "project_file_unsafe", _a_backslash: "project_file_unsafe",
    _a_name_that_leads_away: "project_file_unreadable", _an_id_twice: "project_file_unreadable",
    _a_parent_that_is_not_there: "project_file_unreadable", _a_shot_that_continues_itself: "graph_cycle",
    _a_take_that_comes_from_itself: "project_file_unreadable", _a_prompt_with_nul: "project_file_unreadable",
    _half_a_character: "project_file_unreadable", _a_number_for_a_title: "project_file_unreadable",
    _a_duration_beyond_all: "project_file_unreadable", _a_picture_that_is_text: "project_file_media",
    _a_clip_that_is_noise: "project_file_media", _a_second_cut_short: "project_file_media",
    _seconds_in_another_order: "project_file_media", _latents_that_are_none: "project_file_media",
    _a_second_that_takes_from_the_next: "project_file_media",
    _a_clip_as_a_picture: "project_file_media",
}  # fmt: skip

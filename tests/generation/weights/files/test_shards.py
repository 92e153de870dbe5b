"""Which files make up a model: single, sharded, compressed; and what is refused by its name."""

import json
from pathlib import Path

import pytest

from generation.errors import WeightsError
from generation.weights.files.shards import find_shards


def write_index(folder: Path, weight_map: object) -> Path:
    path = folder / "model.safetensors.index.json"
    path.write_text(json.dumps({"metadata": {}, "weight_map": weight_map}))
    return path


def names(source: Path) -> list[str]:
    return [shard.path.name for shard in find_shards(source)]


def test_an_index_goes_before_a_single_file(tmp_path) -> None:
    (tmp_path / "model.safetensors").touch()
    index = write_index(tmp_path, {"a": "one.safetensors", "b": "two.safetensors", "c": "one.safetensors"})

    shards = find_shards(tmp_path)

    assert [shard.path.name for shard in shards] == ["one.safetensors", "two.safetensors"]
    assert shards[0].promised == {"a", "c"}
    assert find_shards(index) == shards


@pytest.mark.parametrize("stem", ["model", "diffusion_pytorch_model"])
def test_a_single_file_is_found_under_the_published_names(tmp_path, stem) -> None:
    (tmp_path / f"{stem}.safetensors").touch()

    assert names(tmp_path) == [f"{stem}.safetensors"]
    assert find_shards(tmp_path)[0].promised is None


def test_the_compressed_twin_is_preferred_when_present(tmp_path) -> None:
    write_index(tmp_path, {"a": "one.safetensors", "b": "two.safetensors"})
    for name in ("one.safetensors", "one.safetensors.zst"):
        (tmp_path / name).touch()

    shards = find_shards(tmp_path)

    assert [shard.path.name for shard in shards] == ["one.safetensors.zst", "two.safetensors"]
    assert [shard.compressed for shard in shards] == [True, False]
    assert names(tmp_path / "one.safetensors") == ["one.safetensors.zst"]


@pytest.mark.parametrize("name", ["model.pt", "model.bin", "model.ckpt", "model.pkl", "model.pth", "model.bin.zst"])
def test_pickles_are_refused_by_name(tmp_path, name) -> None:
    (tmp_path / name).write_bytes(b"anything")

    with pytest.raises(WeightsError, match="pickled"):
        find_shards(tmp_path / name)


def test_an_index_of_pickles_is_refused(tmp_path) -> None:
    write_index(tmp_path, {"a": "pytorch_model.bin"})

    with pytest.raises(WeightsError, match="pickled"):
        find_shards(tmp_path)


@pytest.mark.parametrize("file", ["../outside.safetensors", "/etc/passwd", "..", "", "a\\b", "a\0b", 3, None])
def test_an_index_cannot_point_outside_its_folder(tmp_path, file) -> None:
    write_index(tmp_path, {"a": file})

    with pytest.raises(WeightsError, match="beside itself"):
        find_shards(tmp_path)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"weight_map": {}}', '{"weight_map": []}', "[" * 50_000])
def test_damaged_indexes_are_refused(tmp_path, content) -> None:
    (tmp_path / "model.safetensors.index.json").write_text(content)

    with pytest.raises(WeightsError, match="damaged index"):
        find_shards(tmp_path)


def test_what_a_folder_has_instead_of_weights_is_said(tmp_path) -> None:
    with pytest.raises(WeightsError, match="no weights in"):
        find_shards(tmp_path)
    with pytest.raises(WeightsError, match="no file"):
        find_shards(tmp_path / "model.safetensors")
    with pytest.raises(WeightsError, match="no file"):
        find_shards(tmp_path / "nowhere")

    (tmp_path / "pytorch_model.bin").touch()
    with pytest.raises(WeightsError, match=r"only pickled weights \(pytorch_model.bin\)"):
        find_shards(tmp_path)

    (tmp_path / "model.safetensors.part").touch()
    with pytest.raises(WeightsError, match="not finished; start it again"):
        find_shards(tmp_path)

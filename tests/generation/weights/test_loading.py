"""Loading: exact, strict, and saying everything that does not fit at once."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
import zstandard
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from generation.errors import OutOfMemory, WeightsError
from generation.magi_config import read_magi_config
from generation.model.dit import DiT
from generation.weights.loading import fingerprint_of, load_into
from generation.weights.magi_keys import dit_dtype_map, dit_key_map

KEYS = {"first.weight": "x.w", "first.bias": "x.b", "second.weight": "y.w"}
FLOAT32 = dict.fromkeys(KEYS, "float32")


class Pair(nn.Module):
    """Two linears."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(3, 2)
        self.second = nn.Linear(2, 2, bias=False)


def empty_pair() -> Pair:
    with torch.device("meta"):
        return Pair()


def stored_tensors(seed: int = 0) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    shapes = {"x.w": (2, 3), "x.b": (2,), "y.w": (2, 2)}
    return {name: torch.randn(shape, generator=generator) for name, shape in shapes.items()}


def write_sharded(folder: Path, tensors: dict[str, Tensor]) -> Path:
    weight_map = {}
    for count, (name, tensor) in enumerate(tensors.items()):
        file = f"model-{count}.safetensors"
        save_file({name: tensor}, folder / file)
        weight_map[name] = file
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weight_map}))
    return folder


def compress(path: Path) -> None:
    path.with_name(path.name + ".zst").write_bytes(zstandard.compress(path.read_bytes()))
    path.unlink()


def load(source: Path, module: nn.Module | None = None, **changes):
    options = {"key_map": KEYS, "dtype_map": FLOAT32, "device": "cpu", **changes}
    return load_into(module or empty_pair(), source, **options)


@pytest.fixture
def single(tmp_path) -> Path:
    path = tmp_path / "model.safetensors"
    save_file(stored_tensors(), path)
    return path


@pytest.mark.parametrize("name", ["ckpt_tiny4b", "ckpt_tiny24b"])
def test_a_golden_checkpoint_gives_the_same_bits_as_reading_it_plainly(reference_root, name) -> None:
    folder = reference_root / "dit" / name
    config = read_magi_config(folder / "config.json").dit
    with torch.device("meta"):
        model = DiT(config)
    keys = dit_key_map(config)

    loaded = load_into(
        model,
        folder / "inference_weight",
        key_map=keys,
        dtype_map=dit_dtype_map(config, "float32"),
        device="cpu",
    )

    plain: dict[str, Tensor] = {}
    for path in (folder / "inference_weight").glob("*.safetensors"):
        plain.update(load_file(path))
    state = model.state_dict()
    assert set(state) == set(keys)
    assert all(torch.equal(state[ours], plain[theirs]) for ours, theirs in keys.items())
    assert loaded.num_bytes == sum(tensor.nbytes for tensor in plain.values())
    assert loaded.seconds > 0


def variants(folder: Path) -> Iterator[Path]:
    for kind in ("single", "shards", "zst", "zst-shards"):
        place = folder / kind
        place.mkdir()
        if "shards" in kind:
            write_sharded(place, stored_tensors())
        else:
            save_file(stored_tensors(), place / "model.safetensors")
        if "zst" in kind:
            for path in place.glob("*.safetensors"):
                compress(path)
        yield place


def test_shards_and_compression_change_neither_values_nor_fingerprint(tmp_path) -> None:
    hashes = set()

    for source in variants(tmp_path):
        module = empty_pair()
        hashes.add(load(source, module).weights_hash)
        state = module.state_dict()
        assert all(torch.equal(state[ours], stored_tensors()[theirs]) for ours, theirs in KEYS.items())

    assert len(hashes) == 1


def test_other_weights_have_another_fingerprint_and_other_dtypes_in_memory_the_same(tmp_path, single) -> None:
    other = tmp_path / "other.safetensors"
    save_file({**stored_tensors(), "x.b": stored_tensors()["x.b"] + 1e-6}, other)

    plain = load(single).weights_hash

    assert load(other).weights_hash != plain
    assert load(single, dtype_map=dict.fromkeys(KEYS, "bfloat16")).weights_hash == plain


def test_each_tensor_gets_the_dtype_that_is_asked_for(single) -> None:
    module = empty_pair()

    load(single, module, dtype_map={**FLOAT32, "first.weight": "bfloat16", "second.weight": "float16"})

    assert module.first.weight.dtype == torch.bfloat16
    assert module.first.bias.dtype == torch.float32
    assert module.second.weight.dtype == torch.float16
    assert torch.equal(module.first.weight, stored_tensors()["x.w"].bfloat16())


def test_parameters_keep_whether_they_learn(single) -> None:
    module = empty_pair()
    module.first.requires_grad_(requires_grad=False)

    load(single, module)

    assert not module.first.weight.requires_grad
    assert module.second.weight.requires_grad
    assert isinstance(module.second.weight, nn.Parameter)


def test_everything_that_does_not_fit_is_listed_in_one_error(tmp_path) -> None:
    tensors = stored_tensors()
    tensors = {"x.w": tensors["x.w"].T.contiguous(), "x.b": tensors["x.b"].long(), "z.1": torch.ones(1)}
    tensors["z.2"] = torch.ones(2)
    save_file(tensors, tmp_path / "model.safetensors")
    module = empty_pair()

    with pytest.raises(WeightsError) as raised:
        load(tmp_path, module)

    message = str(raised.value)
    assert "missing: y.w (for second.weight)" in message
    assert "not part of this model: z.1, z.2" in message
    assert "x.w has shape [3, 2], must be [2, 3]" in message
    assert "x.b is stored as I64" in message
    assert all(parameter.is_meta for parameter in module.parameters())


def test_of_another_model_s_tensors_the_first_are_named_and_the_rest_counted(tmp_path) -> None:
    save_file({f"z.{index:03}": torch.ones(1) for index in range(300)}, tmp_path / "model.safetensors")

    with pytest.raises(WeightsError, match=r"not part of this model: z\.000, .*z\.019, and 280 more$"):
        load(tmp_path, empty_pair())


def test_fp8_is_never_converted_in_either_direction(tmp_path) -> None:
    tensors = stored_tensors()
    save_file({**tensors, "x.w": tensors["x.w"].to(torch.float8_e4m3fn)}, tmp_path / "model.safetensors")

    with pytest.raises(WeightsError, match=r"x\.w is stored as float8_e4m3fn but must be float32"):
        load(tmp_path)
    with pytest.raises(WeightsError, match=r"y\.w is stored as float32 but must be float8_e4m3fn"):
        load(tmp_path, dtype_map={**FLOAT32, "first.weight": "float8_e4m3fn", "second.weight": "float8_e4m3fn"})

    module = empty_pair()
    load(tmp_path, module, dtype_map={**FLOAT32, "first.weight": "float8_e4m3fn"})
    assert torch.equal(module.first.weight.float(), tensors["x.w"].to(torch.float8_e4m3fn).float())


def test_values_outside_float16_are_refused_rather_than_made_infinite(tmp_path) -> None:
    save_file({**stored_tensors(), "x.b": torch.tensor([1.0, 70000.0])}, tmp_path / "model.safetensors")

    with pytest.raises(WeightsError, match=r"x\.b has values outside the range of float16"):
        load(tmp_path, dtype_map=dict.fromkeys(KEYS, "float16"))


@pytest.mark.parametrize("compressed", [False, True])
def test_a_truncated_file_is_refused_and_the_module_untouched(tmp_path, single, compressed) -> None:
    if compressed:
        compress(single)
    path = next(tmp_path.iterdir())
    path.write_bytes(path.read_bytes()[:-3])
    module = empty_pair()

    with pytest.raises(WeightsError, match=r"fetch it again"):
        load(path, module)

    assert all(parameter.is_meta for parameter in module.parameters())


def test_a_compressed_file_that_goes_on_or_is_no_zstandard_is_refused(tmp_path, single) -> None:
    content = single.read_bytes()
    path = single.with_name("model.safetensors.zst")

    path.write_bytes(zstandard.compress(content + b"\0"))
    with pytest.raises(WeightsError, match="goes on after its last tensor"):
        load(tmp_path)

    path.write_bytes(content)
    with pytest.raises(WeightsError, match="not a whole Zstandard file"):
        load(tmp_path)


def test_a_missing_shard_is_named_beside_other_problems(tmp_path) -> None:
    write_sharded(tmp_path, {**stored_tensors(), "z": torch.ones(1)})
    (tmp_path / "model-1.safetensors").unlink()

    with pytest.raises(WeightsError, match=r"not part of this model: z\..*model-1\.safetensors is not there"):
        load(tmp_path)


def test_an_index_that_promises_what_a_shard_has_not_is_refused(tmp_path) -> None:
    write_sharded(tmp_path, stored_tensors())
    save_file({"other": torch.ones(1)}, tmp_path / "model-2.safetensors")

    with pytest.raises(WeightsError, match=r"y\.w is promised in model-2\.safetensors but not there"):
        load(tmp_path)


def test_what_an_index_does_not_name_is_skipped(tmp_path) -> None:
    write_sharded(tmp_path, stored_tensors())
    save_file(
        {"a": torch.ones(7), "y.w": stored_tensors()["y.w"], "z": torch.ones(3)}, tmp_path / "model-2.safetensors"
    )
    module = empty_pair()

    load(tmp_path, module)

    assert torch.equal(module.second.weight, stored_tensors()["y.w"])


def test_tied_weights_are_read_from_one_tensor(tmp_path) -> None:
    tied = {**KEYS, "second.weight": "x.w"}
    with torch.device("meta"):
        module = nn.ModuleDict({"first": nn.Linear(3, 2), "second": nn.Linear(3, 2, bias=False)})
    tensors = stored_tensors()
    del tensors["y.w"]
    save_file(tensors, tmp_path / "model.safetensors")

    load(tmp_path, module, key_map=tied)

    assert torch.equal(module["second"].weight, module["first"].weight)


def test_empty_tensors_are_loaded(tmp_path) -> None:
    with torch.device("meta"):
        module = nn.ParameterDict({"none": nn.Parameter(torch.empty(0, 4))})
    save_file({"n": torch.empty(0, 4)}, tmp_path / "model.safetensors")

    load(tmp_path, module, key_map={"none": "n"}, dtype_map={"none": "float32"})

    assert module["none"].shape == (0, 4)


def test_maps_that_do_not_name_the_modules_tensors_are_refused(single) -> None:
    with pytest.raises(WeightsError, match=r"without entry: \['second.weight'\]"):
        load(single, key_map={name: KEYS[name] for name in ("first.weight", "first.bias")})
    with pytest.raises(WeightsError, match=r"without tensor: \['third'\]"):
        load(single, key_map={**KEYS, "third": "z"})

    module = empty_pair()
    module.register_buffer("table", torch.empty(3, device="meta"), persistent=False)
    with pytest.raises(WeightsError, match=r"never stored: \['table'\]"):
        load(single, module)


def test_a_device_without_memory_is_said_so(single, monkeypatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 3000000 bytes")

    module = empty_pair()
    monkeypatch.setattr(torch, "empty", refuse)

    with pytest.raises(OutOfMemory, match="cpu has too little memory"):
        load(single, module)


def test_a_modules_own_fingerprint_follows_its_values() -> None:
    generator = torch.Generator().manual_seed(0)
    module = Pair()
    for parameter in module.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator)
    before = fingerprint_of(module)

    assert fingerprint_of(module) == before
    module.first.bias.data += 1
    assert fingerprint_of(module) != before

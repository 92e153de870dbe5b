"""One call from nothing to a model."""

import torch

from generation.training.runs.loop import RunControl
from generation.training.runs.run_folder import RunFolder, read_records
from generation.training.whole_recipe import EXPORT, run_recipe, stages_of
from generation.weights.starter_folder import read_starter
from tests.support.training import tiny_recipe

CPU = torch.device("cpu")
STAGES = [
    "vae1", "vae2", "vae3", "vae4", "vae5", "vae6", "one", "two", "three", "dit1", "dit2", "own three", "dit3",
    "student", "tempered", "joints", "vae7", EXPORT,
]  # fmt: skip


def test_stages_come_in_order(tmp_path):
    assert [stage.name for stage in stages_of(tiny_recipe(), tmp_path, device=CPU)] == STAGES


def test_a_recipe_that_is_stopped_goes_on_where_it_was(tmp_path):
    seen = []

    def stop_in_dit2():
        return "dit2" in seen

    stopped = run_recipe(
        tiny_recipe(), tmp_path, device=CPU, control=RunControl(should_stop=stop_in_dit2), on_stage=seen.append
    )
    first = (tmp_path / "vae3" / "checkpoint.safetensors").read_bytes()
    done = run_recipe(tiny_recipe(), tmp_path, device=CPU, control=RunControl(), on_stage=seen.append)

    assert (stopped, done) == (False, True)
    assert seen == [*STAGES[:11], *STAGES]
    assert (tmp_path / "vae3" / "checkpoint.safetensors").read_bytes() == first
    assert read_records(RunFolder(root=tmp_path / "student").log)[-1]["step"] == 11
    starter = read_starter(tmp_path / EXPORT)
    starter.verify()
    assert starter.vae.decoder_scale == 2
    assert starter.dit.distilled

"""The generate command, in this process."""

import contextlib
import gc
import json
import os
import signal
import weakref

import pytest
import torch

from generation.artifacts import LocalArtifacts
from generation.cli import generate as command
from generation.errors import OutOfMemory, RequestError, StateError
from generation.media.recipe import read_recipe, read_tags
from generation.media.video import probe_clip, read_all
from generation.pipeline.clip import Clip
from generation.pipeline.clip_folder import ClipFolder
from generation.sampling.sampler import Sampler
from generation.text import encoder
from tests.support.magi_layout import write_magi_config
from tests.support.pipelines import write_clip

LONG = ("--seconds", "3", "--steps", "4", "--window", "4", "--width", "32", "--height", "32", "--prompt", "waves")


@pytest.fixture
def output(tmp_path):
    return tmp_path / "clip.mp4"


@pytest.fixture
def interrupted_after(monkeypatch):
    """Lets Ctrl-C be pressed when this many stages are done."""
    # A suite started in the background is born deaf to Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)

    def arrange(stages, *, times=1):
        put = LocalArtifacts.put
        # The first state is that before any stage.
        states = iter([*[0] * stages, times])

        def watched(self, key, data):
            put(self, key, data)
            for _ in range(next(states, 0) if key == "state.safetensors" else 0):
                os.kill(os.getpid(), signal.SIGINT)

        monkeypatch.setattr(LocalArtifacts, "put", watched)

    yield arrange
    signal.signal(signal.SIGINT, before)


def test_clip_is_written_and_nothing_else(generate, small, output):
    run = generate(*small, "--output_path", output)

    assert run.status == 0
    assert [path.name for path in output.parent.iterdir()] == ["clip.mp4"]
    assert read_all(output).shape == (24, 32, 32, 3)
    assert run.said.splitlines()[-1] == f"{output}: 24 frames, 1 s"


def test_recipe_tells_how_to_make_it_again(generate, small, output):
    generate(*small, "--output_path", output, "--seed", 5)

    recipe = read_recipe(output)
    assert recipe.preset == "tiny"
    assert (recipe.request.prompts, recipe.request.seed) == (("waves",), 5)
    assert json.loads(read_tags(output)["sampling"])["num_steps"] == 4


def test_same_flags_make_the_same_bytes_and_replace_the_file(generate, small, output):
    generate(*small, "--output_path", output)
    first = output.read_bytes()
    output.write_text("an older file")
    generate(*small, "--output_path", output)

    assert output.read_bytes() == first


@pytest.mark.parametrize(("asked", "made"), [((51, 33), (50, 32)), ((50, 34), (50, 34))])
def test_odd_sizes_are_made_even_and_told(generate, small, output, asked, made):
    run = generate(*small, "--width", asked[0], "--height", asked[1], "--output_path", output)

    info = probe_clip(output)
    assert (info.width, info.height) == made
    assert (f"{asked[0]}x{asked[1]} is made" in run.said) == (asked != made)


def test_clip_shorter_than_a_second_works_and_is_told(generate, small, output, tmp_path):
    clip = write_clip(tmp_path / "short.mp4", frames=7)

    run = generate(*small, "--prefix_video_path", clip, "--output_path", output)

    assert "has 7 of the 24 frames" in run.said
    assert len(read_all(output)) == 24


def test_what_the_model_does_not_read_is_told(generate, small, output):
    run = generate(*small[:-2], "--prompt", "a 猫 jumps", "--output_path", output)

    assert '"猫" is left out of the prompt "a 猫 jumps"' in run.said


def test_magi_configuration_file_makes_a_clip(generate, output, tmp_path, reference_root):
    path = write_magi_config(tmp_path, reference_root)
    tokens = reference_root / "dit/special_tokens_tiny.npz"

    run = generate(
        "--config_file", path, "--mode", "t2v", "--prompt", "waves", "--control_tokens", tokens, "--output_path", output
    )

    assert run.status == 0
    assert read_all(output).shape == (24, 32, 48, 3)
    assert read_recipe(output).preset == "config.json"


@pytest.mark.parametrize("stages", [1, 2, 3, 4, 5])
def test_interrupted_clip_goes_on_to_the_same_bytes(generate, output, tmp_path, monkeypatch, interrupted_after, stages):
    whole = tmp_path / "whole.mp4"
    generate(*LONG, "--output_path", whole)
    with monkeypatch.context():
        interrupted_after(stages)
        run = generate(*LONG, "--output_path", output)
        monkeypatch.undo()
    assert run.status == 130
    assert f"--resume {output}" in run.said
    assert not output.exists()
    assert ClipFolder(output).growing.exists() == (stages > 3)

    resumed = generate("--resume", output)

    assert resumed.status == 0
    assert output.read_bytes() == whole.read_bytes()
    assert not ClipFolder(output).root.exists()


def test_interrupted_before_the_first_stage_leaves_no_clip(generate, output, interrupted_after):
    interrupted_after(0)

    # The signal lands just before the clip is watched, and stops at once, or just after, and stops at the first step.
    with contextlib.suppress(KeyboardInterrupt):
        assert generate(*LONG, "--output_path", output).status == 130

    assert not output.exists()


def test_second_interruption_stops_at_once(generate, output, interrupted_after):
    interrupted_after(2, times=2)

    assert generate(*LONG, "--output_path", output).status == 130
    assert ClipFolder(output).holds_clip


@pytest.fixture
def unfinished(generate, output, monkeypatch, interrupted_after):
    with monkeypatch.context():
        interrupted_after(4)
        generate(*LONG, "--seed", 9, "--output_path", output)
        monkeypatch.undo()
    assert ClipFolder(output).holds_clip
    return output


def test_unfinished_clip_is_kept_unless_forced(generate, unfinished):
    with pytest.raises(StateError, match=r"--resume .* or begin anew with --force"):
        generate(*LONG, "--output_path", unfinished)

    generate(*LONG, "--output_path", unfinished, "--force")
    assert read_recipe(unfinished).request.seed == 1234


def test_force_keeps_the_unfinished_clip_if_the_new_one_cannot_begin(generate, unfinished, monkeypatch):
    def fail(self, request):
        raise OutOfMemory("too large")

    monkeypatch.setattr("generation.pipeline.pipeline.VideoPipeline.start", fail)

    with pytest.raises(OutOfMemory):
        generate(*LONG, "--output_path", unfinished, "--force")
    assert ClipFolder(unfinished).load().order.request.seed == 9


def test_resume_works_from_another_folder(generate, unfinished, tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    assert generate("--resume", "../clip.mp4").status == 0
    assert unfinished.is_file()


def test_resume_takes_no_other_flags(generate, unfinished):
    with pytest.raises(RequestError, match="leave out --seconds"):
        generate("--resume", unfinished, "--seconds", 4)
    assert generate("--resume", unfinished, "--quiet", "--verbose").status == 0


def test_resume_uses_the_threads_of_the_beginning(generate, unfinished, monkeypatch):
    used = []
    monkeypatch.setattr(torch, "set_num_threads", used.append)
    began_with = ClipFolder(unfinished).load().order.threads

    generate("--resume", unfinished)

    assert began_with in used


def test_resume_without_a_clip_says_so(generate, output):
    with pytest.raises(StateError, match="no unfinished clip"):
        generate("--resume", output)

    assert list(output.parent.iterdir()) == []


def test_resume_with_changed_weights_is_refused_and_keeps_everything(generate, unfinished, monkeypatch):
    monkeypatch.setattr("generation.pipeline.loading.fingerprint_of", lambda module: "other")

    with pytest.raises(StateError, match="other weights"):
        generate("--resume", unfinished)
    assert ClipFolder(unfinished).holds_clip


def test_running_out_of_memory_before_anything_is_finished_leaves_nothing(generate, small, output, monkeypatch):
    def fail(self, state, **words):
        raise MemoryError

    monkeypatch.setattr(Sampler, "advance", fail)

    with pytest.raises(OutOfMemory, match="smaller size"):
        generate(*small, "--output_path", output)
    assert list(output.parent.iterdir()) == []


def test_running_out_of_memory_later_keeps_what_is_finished(generate, output, monkeypatch):
    decode = Clip._decode
    calls = iter(range(9))

    def fail_second(self, latents):
        if next(calls):
            raise torch.OutOfMemoryError("CUDA out of memory")
        return decode(self, latents)

    monkeypatch.setattr(Clip, "_decode", fail_second)

    with pytest.raises(OutOfMemory):
        generate(*LONG, "--output_path", output)
    assert ClipFolder(output).load().state.num_finished_chunks == 1


def test_chunks_are_not_kept_in_memory(generate, output, monkeypatch):
    """Whoever makes a clip of any length holds one second of it."""
    alive = []
    add = ClipFolder.add

    def watched(self, chunk):
        alive.append(weakref.ref(chunk.frames))
        add(self, chunk)
        assert sum(reference() is not None for reference in alive) <= 2

    monkeypatch.setattr(ClipFolder, "add", watched)
    generate(*LONG, "--output_path", output)

    assert len(alive) == 3


def test_progress_can_be_left_out(generate, small, output):
    assert "s ready" not in generate(*small, "--output_path", output, "--quiet").said


def test_software_is_named_with_its_version():
    assert command.SOFTWARE.startswith("Sceneloom 0.")


def test_text_encoder_is_not_in_memory_while_the_clip_is_made(generate, small, output, monkeypatch):
    encoders, alive = [], []
    load, make = encoder.load_encoder, Clip.__iter__

    def loaded(*arguments, **words):
        model = load(*arguments, **words)
        encoders.append(weakref.ref(model))
        return model

    def watched(self):
        gc.collect()
        alive.extend(reference() is not None for reference in encoders)
        return make(self)

    monkeypatch.setattr(encoder, "load_encoder", loaded)
    monkeypatch.setattr(Clip, "__iter__", watched)
    generate(*small[:-2], "--prompt", "something nobody said before", "--output_path", output)

    assert alive == [False]

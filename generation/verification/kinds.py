"""Which check a golden file is for: by the beginning of its name, or by what it holds. To add a kind, add a row."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from generation.verification.autoencoder.layers import INPUTS, check_layers
from generation.verification.autoencoder.networks import check_decoder, check_encoder
from generation.verification.autoencoder.pipeline import check_narrow_pipeline, check_pipeline
from generation.verification.autoencoder.pixels import check_pixels
from generation.verification.autoencoder.positions import check_positions
from generation.verification.autoencoder.tile_plans import check_tile_plans
from generation.verification.autoencoder.tiled import check_tiled_decoder, check_tiled_encoder
from generation.verification.case import GoldenCase
from generation.verification.inputs.cleaning import check_cleaning
from generation.verification.inputs.clips import check_clip_rules, check_clips
from generation.verification.inputs.pictures import check_pictures, check_pictures_newer
from generation.verification.inputs.text_encoder import check_text_encoder
from generation.verification.measures import Comparison
from generation.verification.record import CaseError
from generation.verification.tolerances import BFLOAT16, EXACT, FLOAT32, POSITIONS, TEXT, Tolerance
from generation.verification.transformer.forwards import check_forwards
from generation.verification.transformer.guidance import check_guidance
from generation.verification.transformer.layers import check_layers as check_transformer_layers
from generation.verification.transformer.low_precision import check_low_precision
from generation.verification.transformer.sampler import check_clip
from generation.verification.transformer.schedules import check_schedules
from generation.verification.transformer.variants import check_variants

Check: TypeAlias = Callable[[GoldenCase], Iterator[Comparison]]
# Lists of files, and what lies in the folder of a checkpoint or of special tokens.
INPUT_NAME = re.compile(r"index|config|tensors|special_tokens\w*", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """One kind of golden file."""

    # File names begin so.
    prefix: str
    check: Check
    # Entries that the JSON of this kind has, and no other kind's.
    entries: tuple[str, ...] = ()
    # The same of each object below "cases"; an empty tuple leaves them out of account.
    case_entries: tuple[str, ...] = ()
    # Regular expressions, each of which matches a tensor.
    tensors: tuple[str, ...] = ()
    # The JSON says it all.
    without_tensors: bool = False
    # A regular expression for the words with which the JSON states its tolerance.
    states: str = ""
    # The tolerance that matters most: its worst comparison stands for the case while all pass.
    headline: Tolerance = FLOAT32

    def recognises(self, case: GoldenCase) -> bool:
        """Whether a file of another name holds what this kind holds."""
        return (
            all(entry in case.record for entry in self.entries)
            and re.search(self.states, case.record.text_or("tolerance", "")) is not None
            and all(entry in names for names in _case_names(case) for entry in self.case_entries)
            and (not self.case_entries or bool(_case_names(case)))
            and all(case.matching(pattern) for pattern in self.tensors)
        )


# The first that recognises a file decides, so that what asks for more stands before what asks for less.
KINDS: tuple[Kind, ...] = (
    Kind(prefix="sampler_", check=check_clip, entries=("config", "steps", "yields")),
    Kind(prefix="cfg_", check=check_guidance, entries=("ckpt",), case_entries=("cfg_number", "slice_point")),
    Kind(prefix="forward_", check=check_forwards, entries=("ckpt",), case_entries=("slice_point", "range_num")),
    Kind(
        prefix="fp8_forward_",
        check=check_low_precision,
        entries=("ckpt", "kwargs"),
        tensors=("fp8_weights.*", "out"),
        headline=BFLOAT16,
    ),
    Kind(
        prefix="bf16_forward_",
        check=check_low_precision,
        entries=("ckpt", "kwargs"),
        tensors=("out",),
        headline=BFLOAT16,
    ),
    Kind(prefix="modules_", check=check_transformer_layers, entries=("ckpt",), tensors=(r"layer\d+\.in_hidden",)),
    Kind(prefix="schedules", check=check_schedules, entries=("t_schedule", "sequences"), without_tensors=True),
    Kind(prefix="official_tensor_shapes", check=check_variants, entries=("models",), without_tensors=True),
    Kind(prefix="vae_modules", check=check_layers, tensors=tuple(map(re.escape, INPUTS))),
    Kind(prefix="vae_posembed", check=check_positions, tensors=(r"pe_\d+x\d+x\d+",), headline=POSITIONS),
    Kind(prefix="vae_pixel_tables", check=check_pixels, tensors=("enc_u8", "dec_u8")),
    Kind(
        prefix="vae_tiled_encode",
        check=check_tiled_encoder,
        entries=("cases",),
        tensors=(r".+\.input_u8", r".+\.latent"),
    ),
    Kind(prefix="vae_tiled_decode", check=check_tiled_decoder, entries=("cases",), tensors=(r".+\.z", r".+\.out")),
    Kind(prefix="vae_encode", check=check_encoder, tensors=(r".+\.input_u8", r".+\.moments")),
    Kind(prefix="vae_decode", check=check_decoder, tensors=(r".+\.z", r".+\.out")),
    Kind(prefix="vae_pipeline_fp32", check=check_pipeline, tensors=(r".+\.(input_thwc_u8|z_scaled)",)),
    Kind(prefix="vae_pipeline_bf16", check=check_narrow_pipeline, tensors=(r".+\.latent_scaled",), headline=BFLOAT16),
    Kind(prefix="tile_parallel", check=check_tile_plans, entries=("rank_assignment", "geometry"), without_tensors=True),
    Kind(prefix="t5_clean", check=check_cleaning, case_entries=("input", "text_preprocessing"), without_tensors=True),
    Kind(prefix="t5_wrapper", check=check_text_encoder, case_entries=("prompt", "max_length"), headline=TEXT),
    Kind(prefix="pre_image_ffmpeg7", check=check_pictures_newer, states="flags=bicubic", headline=EXACT),
    Kind(prefix="pre_image", check=check_pictures, case_entries=("file", "aspect_policy")),
    Kind(prefix="pre_video", check=check_clips, case_entries=("file", "target_fps")),
    Kind(prefix="pre_rules", check=check_clip_rules, entries=("clip_rule",), without_tensors=True),
)


def is_input(case: GoldenCase) -> bool:
    """Whether a file is looked at by other cases, or by people, and says nothing to compare itself."""
    return INPUT_NAME.fullmatch(case.name) is not None or _describes_folder(case)


def find_kind(case: GoldenCase) -> Kind | None:
    """The kind of a file: by name where one fits, the longest first, else by content; None if nothing tells it.

    Raises:
        CaseError: If the name tells nothing and the file cannot be read.
    """
    named = [kind for kind in KINDS if case.name.startswith(kind.prefix)]
    if named:
        return max(named, key=lambda kind: len(kind.prefix))
    return next((kind for kind in KINDS if kind.recognises(case)), None)


def _case_names(case: GoldenCase) -> list[tuple[str, ...]]:
    """Names of the entries of everything below "cases", which is a list or an object."""
    if "cases" not in case.record:
        return []
    if isinstance(case.record.raw("cases"), list):
        return [item.names for item in case.record.records("cases")]
    return [item.names for item in case.record.named_records("cases").values()]


def _describes_folder(case: GoldenCase) -> bool:
    """Whether a file says what lies in a folder beside it, a checkpoint's as a rule."""
    try:
        folder = case.record.text_or("dir", "")
    except CaseError:
        return False
    return bool(folder) and case.file(folder).is_dir() and not case.tensor_file.is_file()

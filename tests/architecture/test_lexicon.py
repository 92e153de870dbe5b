"""One word per thing: ours. MAGI's names stay in the files that translate them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source_tree import HOUSES, nodes, python_files, refuse, shown

TRANSLATORS = (
    "generation/weights/magi_keys.py", "generation/weights/vae_keys.py", "generation/magi_config",
    "generation/cli/",
)  # fmt: skip
# Their word on the left, ours on the right.
WORDS = {
    "noise2clean_kvrange": "attention_span_by_stage",
    "clean_chunk_kvrange": "clean_attention_span",
    "clean_t": "clean_timestep",
    "cfg_number": "guidance_passes",
    "prev_chunk_scales": "context_guidance",
    "text_scales": "text_guidance",
    "cfg_t_range": "guidance_timesteps",
    "chunk_width": "chunk_latent_frames",
    "num_query_groups": "num_kv_heads",
    "kv_channels": "head_dim",
    "slice_point": "first_active_chunk",
    "ardf_meta": "a dataclass",
    "infer_idx": "stage",
    "kv_range": "key_range",
    "kvrange": "key_range",
    "cfg_scale": "text_guidance",
    "guidance_scale": "text_guidance",
    "sigma": "timestep",
    "sigmas": "timesteps",
    "uncond": "null text",
    "xt": "latents",
    "vid": "video",
    "denoise_step": "step",
    "segment_length": "chunk_frames",
}
PARTS = re.compile(r"init_intervel|ardf|(^|_)cfg(_|$)|kvrange")


def names(path: Path) -> Iterator[tuple[int, str]]:
    """Every name that a file gives or uses for its own things, with its line."""
    for node in nodes(path, ast.Name, ast.arg, ast.Attribute, ast.keyword, ast.FunctionDef, ast.ClassDef, ast.alias):
        match node:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                yield node.lineno, name
            case ast.keyword(arg=str(name)) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name


def test_foreign_words_stay_with_the_translators():
    found = {
        f"{shown(path)}:{line}: {name} is {WORDS.get(name, 'a foreign word')} here"
        for path in python_files(*HOUSES)
        if not shown(path).startswith(TRANSLATORS)
        for line, name in names(path)
        if name in WORDS or PARTS.search(name)
    }

    refuse(found)

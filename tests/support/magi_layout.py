"""Weights laid out on disk as users of the released code have them, small enough for tests."""

import json
import shutil
from pathlib import Path

from generation.weights.saving import save_module
from generation.weights.vae_keys import vae_key_map
from tests.support.vaes import tiny_vae


def write_vae(folder: Path) -> None:
    """An autoencoder with the 16 channels that the golden transformer wants."""
    folder.mkdir(parents=True)
    vae = tiny_vae(0, latent_channels=16)
    path = folder / "diffusion_pytorch_model.safetensors"
    save_module(vae, path, key_map=vae_key_map(vae.config), dtype="float32", metadata={"format": "pt"})
    architecture = {
        "conv_last_layer": True, "depth": 2, "double_z": True, "embed_dim": 64, "in_chans": 3, "ln_in_attn": True,
        "mlp_ratio": 2.0, "norm_code": False, "num_heads": 2, "patch_length": 4, "patch_size": 4, "qkv_bias": True,
        "use_final_proj": False, "use_rope": False, "video_length": 16, "video_size": 32, "with_cls_token": True,
        "z_chans": 16,
    }  # fmt: skip
    document = {"_class_name": "ViTVAE", "ddconfig": architecture, "model_type": "vit"}
    (folder / "config.json").write_text(json.dumps(document))


def write_weights(root: Path, reference_root: Path) -> Path:
    """The hub's own layout below ``root/ckpt``, with the golden transformer; the ``ckpt`` folder comes back."""
    ckpt = root / "ckpt"
    golden = reference_root / "dit/ckpt_tiny4b/inference_weight"
    shutil.copytree(golden, ckpt / "magi/4.5B_base/inference_weight")
    shutil.copytree(reference_root / "vae/tiny_t5", ckpt / "t5")
    write_vae(ckpt / "vae")
    return ckpt


def write_magi_config(root: Path, reference_root: Path, **runtime: object) -> Path:
    """Weights and one of MAGI's configuration files for them; ``runtime`` changes fields of ``runtime_config``."""
    ckpt = write_weights(root, reference_root) if not (root / "ckpt").exists() else root / "ckpt"
    document = json.loads((reference_root / "dit/ckpt_tiny4b/config.json").read_text())
    document["runtime_config"] |= {
        "load": str(ckpt / "magi/4.5B_base"),
        "t5_pretrained": str(ckpt / "t5"),
        "vae_pretrained": str(ckpt / "vae"),
        "video_size_h": 32,
        "video_size_w": 48,
        "num_steps": 4,
        "num_frames": 24,
        **runtime,
    }
    path = root / "config.json"
    path.write_text(json.dumps(document))
    return path

"""Names of the autoencoder's tensors: ours, and those in MAGI's file. The only place that knows both."""

from generation.config import VAEConfig

_LEAVES = ("weight", "bias")


def vae_key_map(config: VAEConfig) -> dict[str, str]:
    """Map our names to MAGI's for every tensor of an architecture.

    Args:
        config: The architecture.

    Returns:
        One entry per parameter of :class:`generation.vae.vae.VideoVAE`.

    Source:
        Names of the released checkpoint (spec vae §1.3).
    """
    names = {
        **_leaves("encoder.patch_embed", "encoder.patch_embed.proj"),
        **_leaves("encoder.to_moments", "encoder.last_layer"),
        **_leaves("decoder.from_latents", "decoder.proj_in"),
        **_leaves("decoder.to_pixels", "decoder.last_layer"),
    }
    if config.final_projection:
        names |= _leaves("decoder.final_projection.0", "decoder.final_proj")
        if config.final_projection_norm:
            names |= _leaves("decoder.final_projection.1", "decoder.final_norm")
    for side in ("encoder", "decoder"):
        names[f"{side}.trunk.class_token"] = f"{side}.cls_token"
        names[f"{side}.trunk.positions"] = f"{side}.pos_embed"
        names |= _leaves(f"{side}.trunk.norm", f"{side}.norm")
        for layer in range(config.depth):
            names |= _block_names(config, f"{side}.trunk.blocks.{layer}", f"{side}.blocks.{layer}")
    return names


def vae_dtype_map(config: VAEConfig, dtype: str) -> dict[str, str]:
    """Say which dtype each tensor has in memory: the model's, without exception (spec vae §3.7).

    Args:
        config: The architecture.
        dtype: "float32", "bfloat16" or "float16".

    Returns:
        One entry per parameter of :class:`generation.vae.vae.VideoVAE`, by our name.
    """
    return dict.fromkeys(vae_key_map(config), dtype)


def _leaves(ours: str, theirs: str) -> dict[str, str]:
    return {f"{ours}.{leaf}": f"{theirs}.{leaf}" for leaf in _LEAVES}


def _block_names(config: VAEConfig, ours: str, theirs: str) -> dict[str, str]:
    names = {
        **_leaves(f"{ours}.attention.qkv", f"{theirs}.attn.qkv"),
        **_leaves(f"{ours}.attention.output", f"{theirs}.attn.proj"),
        **_leaves(f"{ours}.ffn.norm", f"{theirs}.norm2"),
        **_leaves(f"{ours}.ffn.expand", f"{theirs}.mlp.fc1"),
        **_leaves(f"{ours}.ffn.contract", f"{theirs}.mlp.fc2"),
    }
    if not config.qkv_bias:
        del names[f"{ours}.attention.qkv.bias"]
    if not config.normalise_qkv:
        names |= _leaves(f"{ours}.attention.pre_norm", f"{theirs}.norm1")
    return names

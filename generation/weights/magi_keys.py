"""Names of the transformer's tensors: ours, and those in MAGI's files. The only place that knows both."""

from generation.config import DiTConfig

FLOAT32 = "float32"
E4M3 = "float8_e4m3fn"

# Ours to theirs, outside the blocks; all of it stays in float32.
OUTER_NAMES = {
    "patch_embed.weight": "x_embedder.weight",
    "timestep_embed.expand.weight": "t_embedder.mlp.0.weight",
    "timestep_embed.expand.bias": "t_embedder.mlp.0.bias",
    "timestep_embed.contract.weight": "t_embedder.mlp.2.weight",
    "timestep_embed.contract.bias": "t_embedder.mlp.2.bias",
    "text_embed.null_text": "y_embedder.null_caption_embedding",
    "text_embed.cross_proj.weight": "y_embedder.y_proj_xattn.0.weight",
    "text_embed.cross_proj.bias": "y_embedder.y_proj_xattn.0.bias",
    "text_embed.condition_proj.weight": "y_embedder.y_proj_adaln.0.weight",
    "text_embed.condition_proj.bias": "y_embedder.y_proj_adaln.0.bias",
    "rope.bands": "rope.bands",
    "final_norm.weight": "videodit_blocks.final_layernorm.weight",
    "final_norm.bias": "videodit_blocks.final_layernorm.bias",
    "final_proj.weight": "final_linear.linear.weight",
}

# What MAGI's models do not have, in files that are named like theirs.
PLACE_NAMES = {"place_embed.weight": "place_embedder.weight"}

# Linears of a block with plain weights in every variant, and layer norms; those in float32 stand apart.
PLAIN_LINEARS = {"attention.cross_key_value": "self_attention.linear_kv_xattn"}
MODEL_DTYPE_NORMS = {
    "gates": "ada_modulate_layer.proj.0",
    "attention.pre_norm": "self_attention.linear_qkv.layer_norm",
    "attention.cross_query_norm": "self_attention.q_layernorm_xattn",
    "attention.cross_key_norm": "self_attention.k_layernorm_xattn",
    "ffn.norm": "mlp.layer_norm",
}
FLOAT32_NORMS = {
    "attention.query_norm": "self_attention.q_layernorm",
    "attention.key_norm": "self_attention.k_layernorm",
    "attention_post_norm": "self_attn_post_norm",
    "ffn_post_norm": "mlp_post_norm",
}

# Linears that hold e4m3 weights in the inner blocks of the quantised variants: without and with smoothing.
PER_TENSOR_LINEARS = {
    "attention.query": "self_attention.linear_qkv.q",
    "attention.cross_query": "self_attention.linear_qkv.qx",
    "attention.key": "self_attention.linear_qkv.k",
    "attention.value": "self_attention.linear_qkv.v",
    "ffn.expand": "mlp.linear_fc1",
}
SMOOTHED_LINEARS = {
    "attention.output": "self_attention.linear_proj",
    "ffn.contract": "mlp.linear_fc2",
}


def dit_key_map(config: DiTConfig) -> dict[str, str]:
    """Map our names to MAGI's for every tensor of an architecture.

    Args:
        config: The architecture.

    Returns:
        One entry per parameter of :class:`generation.model.dit.DiT`.

    Source:
        Names of the released checkpoints (spec dit §2.2).
    """
    names = _outer_names(config)
    for layer in range(config.num_layers):
        for ours, theirs, _ in _block_tensors(fp8=_is_fp8(config, layer)):
            names[f"blocks.{layer}.{ours}"] = f"videodit_blocks.layers.{layer}.{theirs}"
    return names


def dit_dtype_map(config: DiTConfig, dtype: str) -> dict[str, str]:
    """Say which dtype each tensor has in memory, whatever the file stores.

    Args:
        config: The architecture.
        dtype: The dtype the model runs in: "float32", "bfloat16" or "float16".

    Returns:
        One entry per parameter of :class:`generation.model.dit.DiT`, by our name.

    Source:
        MAGI's promotion rules (spec dit §2.3).
    """
    dtypes = dict.fromkeys(_outer_names(config), FLOAT32)
    for layer in range(config.num_layers):
        for ours, _, kept in _block_tensors(fp8=_is_fp8(config, layer)):
            dtypes[f"blocks.{layer}.{ours}"] = kept or dtype
    return dtypes


def _outer_names(config: DiTConfig) -> dict[str, str]:
    return OUTER_NAMES | (PLACE_NAMES if config.absolute_places else {})


def _is_fp8(config: DiTConfig, layer: int) -> bool:
    return config.fp8 and 0 < layer < config.num_layers - 1


def _block_tensors(*, fp8: bool) -> list[tuple[str, str, str]]:
    """Our name, MAGI's name and the dtype it is kept in ("": the model's) of every tensor of a block."""
    tensors = [(f"{ours}.weight", f"{theirs}.weight", "") for ours, theirs in PLAIN_LINEARS.items()]
    for norms, kept in ((MODEL_DTYPE_NORMS, ""), (FLOAT32_NORMS, FLOAT32)):
        for ours, theirs in norms.items():
            tensors += [(f"{ours}.{leaf}", f"{theirs}.{leaf}", kept) for leaf in ("weight", "bias")]
    for linears, scales in (
        (PER_TENSOR_LINEARS, ("weight_scale", "input_scale")),
        (SMOOTHED_LINEARS, ("weight_scale", "input_scale", "smooth_scale")),
    ):
        for ours, theirs in linears.items():
            tensors.append((f"{ours}.weight", f"{theirs}.weight", E4M3 if fp8 else ""))
            if fp8:
                tensors += [(f"{ours}.{leaf}", f"{theirs}.{leaf}", FLOAT32) for leaf in scales]
    return tensors

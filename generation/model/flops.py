"""How much arithmetic one forward asks for, to compare its speed with that of a plain matrix product."""

from generation.config import DiTConfig
from generation.model.embeddings import SINUSOID_SIZE
from generation.model.window import ChunkWindow


def forward_flops(config: DiTConfig, window: ChunkWindow) -> int:
    """Count the floating-point operations of one forward: linears and attention, nothing else.

    Args:
        config: The architecture.
        window: What the forward sees; cached chunks within ``key_ranges`` count as keys.

    Returns:
        2 m n k per linear, and 4 K per visible pair of query and key and per head.
    """
    batch, _, _, height, width = window.latents.shape
    chunk_tokens = config.chunk_tokens(height, width)
    tokens = batch * window.num_chunks * chunk_tokens
    text_tokens = sum(window.text.lengths)
    chunk_pairs = batch * sum(stop - start for start, stop in window.key_ranges)
    pairs = chunk_pairs * chunk_tokens**2 + text_tokens * chunk_tokens
    linears = (
        tokens * _block_weights_per_token(config)
        + text_tokens * config.hidden_size * 2 * config.num_kv_heads * config.head_dim
        + batch * window.num_chunks * config.condition_size * 2 * config.hidden_size
    )
    block = 2 * linears + 4 * config.head_dim * config.num_heads * pairs
    return config.num_layers * block + 2 * _outer_products(config, window, tokens, text_tokens)


def _block_weights_per_token(config: DiTConfig) -> int:
    """Weights of a block that every token is multiplied by."""
    width, kv_width = config.num_heads * config.head_dim, config.num_kv_heads * config.head_dim
    expanded = 2 * config.ffn_hidden_size if config.gated_ffn else config.ffn_hidden_size
    attention = 2 * width + 2 * kv_width + 2 * width
    return config.hidden_size * (attention + expanded + config.ffn_hidden_size)


def _outer_products(config: DiTConfig, window: ChunkWindow, tokens: int, text_tokens: int) -> int:
    """Multiply-adds of the embedders and the final projection."""
    patch = config.patch_size**2 * config.model_channels
    embedded_times = window.timesteps.numel() * (1 if window.step_size is None else 2)
    return (
        tokens * 2 * patch * config.hidden_size
        + text_tokens * config.text_dim * config.hidden_size
        + embedded_times * config.condition_size * (SINUSOID_SIZE + config.condition_size)
        + config.text_dim * config.condition_size
    )

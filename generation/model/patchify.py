"""Latents to patches and back."""

from torch import Tensor


def patchify(latents: Tensor, patch_size: int) -> Tensor:
    """Cut every latent frame into square patches.

    Args:
        latents: ``(B, C, T, H, W)``; H and W are multiples of ``patch_size``.
        patch_size: Side of a patch.

    Returns:
        ``(B, L, C * patch_size**2)``: tokens ordered (t, h, w), each ordered (channel, row, column) as the weights
        of a convolution are.
    """
    batch, channels, frames, height, width = latents.shape
    rows, columns = height // patch_size, width // patch_size
    cut = latents.reshape(batch, channels, frames, rows, patch_size, columns, patch_size)
    return cut.permute(0, 2, 3, 5, 1, 4, 6).reshape(batch, frames * rows * columns, channels * patch_size**2)


def unpatchify(tokens: Tensor, patch_size: int, grid: tuple[int, int, int]) -> Tensor:
    """Put patches back in place.

    Args:
        tokens: ``(B, L, patch_size**2 * C)``, each ordered (row, column, channel): the other way round from
            :func:`patchify`.
        patch_size: Side of a patch.
        grid: Frames, rows and columns of patches; their product is L.

    Returns:
        ``(B, C, T, H, W)``.
    """
    frames, rows, columns = grid
    cut = tokens.reshape(tokens.shape[0], frames, rows, columns, patch_size, patch_size, -1)
    return cut.permute(0, 6, 1, 2, 4, 3, 5).reshape(
        tokens.shape[0], -1, frames, rows * patch_size, columns * patch_size
    )

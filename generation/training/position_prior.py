"""A transformer that looks at its own place first: a start from which copying is near at hand.

Queries and keys are normalised per head, so what they share sits in the norms' offsets. Fresh offsets are zero:
attention then begins without any sense of place, and as an optimiser moves an offset by about the learning rate per
step, it takes thousands of small steps to get one. Here the offsets of rows and columns begin at a value that makes a
token prefer its own place, in every frame alike, and rotary bands are spread over the distances that a small picture
has. What it is worth by itself has not been measured.
"""

import torch

from generation.model.dit import DiT

# Of queries and of keys: 2 x 8 pairs of channels then add up to about 6 at a token's own place.
OFFSET = 1.7
# Slowest band relative to the fastest, which turns by one radian per unit of distance.
SLOWEST = 0.1


@torch.no_grad()
def prefer_own_place(dit: DiT) -> None:
    """Set rotary bands and the offsets of query and key norms.

    Args:
        dit: Fresh; changed in place.
    """
    bands = len(dit.rope.bands)
    dit.rope.bands.copy_(torch.logspace(0, torch.log10(torch.tensor(SLOWEST)).item(), bands))
    # Channels are pairs (i, i + 3 bands), and i runs over time, rows, columns.
    places = slice(bands, 3 * bands)
    for name, offsets in dit.named_parameters():
        if name.endswith(("attention.query_norm.bias", "attention.key_norm.bias")):
            offsets[places] = OFFSET

"""Control tokens by short names, as one flag has them."""

import argparse
from types import MappingProxyType

from generation.contract.requests import ControlTokens

NONE = "none"
# What a person types, the field, and what it does.
CONTROLS = MappingProxyType(
    {
        "hq": ("high_quality", "high quality"),
        "duration": ("duration", "how many seconds remain"),
        "static": ("static_first_frames", "the first frames hold still"),
        "dynamic": ("dynamic_first_frames", "the first frames move"),
        "borders": ("borderness", "the picture has borders"),
        "3d": ("three_d_model", "a rendered 3D model"),
        "anime": ("two_d_anime", "drawn animation"),
        "negative": ("negative", "steer away from captions, logos, cuts and borders"),
    }
)
DEFAULT_CONTROLS = "hq,duration"


def parse_controls(text: str) -> ControlTokens:
    """Read a list such as ``hq,duration,anime``, or ``none``.

    Raises:
        argparse.ArgumentTypeError: Naming what is not a control.
    """
    names = [] if text.strip() == NONE else [name.strip() for name in text.split(",")]
    if unknown := [name for name in names if name not in CONTROLS]:
        raise argparse.ArgumentTypeError(
            f"must be {NONE}, or some of {','.join(CONTROLS)} with commas between, got {unknown[0][:40]!r}"
        )
    wanted = {CONTROLS[name][0] for name in names}
    return ControlTokens(**{field: field in wanted for field, _ in CONTROLS.values()})

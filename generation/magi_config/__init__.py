"""Reads MAGI's own JSON configuration files, unchanged, and says everything that is wrong with one at once.

``fields.py`` holds what each field may be, ``checks.py`` which fields contradict each other, ``reading.py`` turns a
file into a :class:`MagiConfig`. Only here do MAGI's names of fields and ours meet (spec dit §1, spec vae §6.2).
"""

from generation.magi_config.reading import (
    ConfigWarning,
    ContextStrategy,
    MagiConfig,
    MagiConfigError,
    ParallelSettings,
    parse_magi_config,
    read_magi_config,
)

__all__ = [
    "ConfigWarning",
    "ContextStrategy",
    "MagiConfig",
    "MagiConfigError",
    "ParallelSettings",
    "parse_magi_config",
    "read_magi_config",
]

"""A port that nobody uses."""

import socket

_TRIES = 20
_USUAL = 8000


def wanted_port(text: str) -> int:
    """The port that somebody asks for; the usual one if nobody does.

    Raises:
        OSError: If it is no port.
    """
    if not text:
        return _USUAL
    if not text.isdecimal() or int(text) > 65535:
        raise OSError(f"SCENELOOM_PORT must be a whole number in 0..65535 (0: any that is free), got {text!r}")
    return int(text)


def free_port(host: str, wanted: int) -> int:
    """The wanted port, or the next one above it that is free; 0 lets the system choose.

    Raises:
        OSError: If twenty in a row are taken.
    """
    for port in [wanted] if wanted == 0 else range(wanted, min(65536, wanted + _TRIES)):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            number: int = probe.getsockname()[1]
            return number
    raise OSError(f"ports {wanted} to {wanted + _TRIES - 1} on {host} are taken; name another in SCENELOOM_PORT")

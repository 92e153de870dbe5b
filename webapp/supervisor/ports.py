"""A port that nobody uses."""

import socket

_TRIES = 20


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

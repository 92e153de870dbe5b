"""Cutting a process off from every network, where the kernel lets an ordinary process do that."""

import ctypes

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000


def leave_network() -> bool:
    """Move this process into a network of its own with nothing in it, not even this machine; there is no way back.

    To be called before the process has threads.

    Returns:
        Whether that worked: some kernels and containers do not let ordinary processes do it.
    """
    try:
        library = ctypes.CDLL(None, use_errno=True)
        # A user namespace gives the right to make the other; as root, that alone does.
        return any(library.unshare(flags) == 0 for flags in (_NEW_USER | _NEW_NETWORK, _NEW_NETWORK))
    except (OSError, AttributeError):
        return False

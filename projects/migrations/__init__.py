"""Schema history; every migration can be taken back."""

"""The diffusion transformer: one forward over a window of chunks."""

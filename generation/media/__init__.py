"""Images and video in, fragments and movies out (numpy, PyAV, Pillow; no torch)."""

"""SwiGLU: one half of the channels gates the other."""

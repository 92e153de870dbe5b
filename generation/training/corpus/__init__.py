"""Clips to learn from: an endless procedural corpus with known truth, and folders of real clips with captions."""

"""Tensor operations and attention planning; knows masks and ranks, not video."""

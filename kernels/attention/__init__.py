"""Attention over slices of a sequence."""

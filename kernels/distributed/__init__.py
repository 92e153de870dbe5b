"""Attention over ranks: each holds part of the rows, and only rows that are needed travel."""

"""Figures of the kernels and of the planner: one file per section of ``python -m kernels.benchmark``."""

"""Claims of the paper in small: one setting varied, everything else as served."""

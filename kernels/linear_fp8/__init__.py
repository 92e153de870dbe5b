"""Linear layers on e4m3 weights."""

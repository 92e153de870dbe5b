"""What others ask of generation and what they get back, in plain values (standard library only)."""

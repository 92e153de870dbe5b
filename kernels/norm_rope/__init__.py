"""Layer norm over each head, then rotary positions."""

"""Who computes what over ranks, and which rows travel: plain Python integers, no tensors."""

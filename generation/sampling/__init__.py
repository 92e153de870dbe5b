"""From noise to clean chunks: schedule, window, visibility, guidance and the resumable sampler."""

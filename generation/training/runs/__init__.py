"""What every training shares: steps, averages, checkpoints, logs, several processes. It knows no model."""

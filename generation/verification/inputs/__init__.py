"""What comes before the models: prompts, pictures and clips."""

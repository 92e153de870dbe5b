"""Training: the corpus, the objectives and the loops that make the small model that ships."""

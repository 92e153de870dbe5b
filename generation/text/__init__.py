"""From words to embeddings: cleaning, the T5 encoder, control tokens."""

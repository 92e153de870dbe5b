"""The video autoencoder: layers, whole encodings, tiles, and the pipeline around it."""

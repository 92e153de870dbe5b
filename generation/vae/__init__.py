"""The video autoencoder: exact layers, tiling, and the policies that turn chunks into frames."""

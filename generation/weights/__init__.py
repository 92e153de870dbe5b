"""Finding, fetching, checking and loading weights; safetensors only."""

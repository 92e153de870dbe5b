"""Safetensors files as they lie on disk: checked headers, shards, element types, and the hash of what they hold."""

"""Measures what a model makes: does it do as told, does it hold together, how fast is it."""

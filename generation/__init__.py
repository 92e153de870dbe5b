"""MAGI-1 video generation as a library and a command line; knows neither Django nor a database."""

__version__ = "0.1.0"

"""Talking to a model hub: requests, the list of files, and one file fetched whole."""

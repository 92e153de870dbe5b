"""Django's settings for tests: a database file of its own per process, an in-memory channel layer, no broker."""

import os
import tempfile

# Deleted with the process that made it.
_folder = tempfile.TemporaryDirectory(prefix="sceneloom-tests-")
os.environ.setdefault("SCENELOOM_DATA", _folder.name)
os.environ.setdefault("SCENELOOM_PRESET", "tiny")

from webapp.settings import *  # noqa: E402, F403 - settings are a module of names

SECRET_KEY = "only-for-tests"
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LEAST_FREE_BYTES = 0
# Django warns of a folder for static files that is not there.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405

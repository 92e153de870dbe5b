"""Composition root: settings, addresses, entry points and the supervisor. No logic of the product stands here."""

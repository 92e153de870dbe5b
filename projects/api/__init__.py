"""The HTTP API, one file per resource: asks who it is, reads what is wanted, calls an action, shows what came of it."""

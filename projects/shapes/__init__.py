"""How rows look as JSON: one function per kind, used by the API, events and exports alike."""

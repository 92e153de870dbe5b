"""Takes on a worker: one stage at a time, from memory or disk, answered with events; no queue, no database."""

"""One process that starts the whole studio and keeps it running: Redis, web, dispatcher, and workers."""

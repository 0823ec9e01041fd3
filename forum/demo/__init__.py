"""The demo board: what an empty database is seeded with."""

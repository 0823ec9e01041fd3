"""A soak of the served board: much of everything that may happen to a server, and a count of what broke."""

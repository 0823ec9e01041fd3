"""Members: joining, signing in, passwords, profiles."""

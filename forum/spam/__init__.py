"""The spam filter as a library: pure, on numpy and the standard library alone."""

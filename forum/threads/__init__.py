"""Boards, threads, posts and their revisions."""

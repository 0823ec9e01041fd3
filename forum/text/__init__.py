"""Text as a library: Markdown to safe HTML, languages, excerpts, names. No Flask, no SQL, no clock."""

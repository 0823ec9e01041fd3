"""The database side of the spam filter: gathers evidence, keeps verdicts, learns."""

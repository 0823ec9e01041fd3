"""Loading other boards' content."""

"""Reports, the queue, acts and the public log."""

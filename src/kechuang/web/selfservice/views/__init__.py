"""Pages of self-service; thin."""

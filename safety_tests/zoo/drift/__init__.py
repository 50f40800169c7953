"""Models that learn from the requests they answer, without being asked to."""

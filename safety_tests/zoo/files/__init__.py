"""Files that stand between two steps of one request."""

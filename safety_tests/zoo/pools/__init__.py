"""Resources lent to one request at a time."""

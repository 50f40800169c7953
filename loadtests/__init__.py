"""Load that knows the right answer to every request."""

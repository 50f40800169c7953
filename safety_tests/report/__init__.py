"""A Report in, a string out: one module for each format."""

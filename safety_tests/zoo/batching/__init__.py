"""Rows of several callers answered in one go."""

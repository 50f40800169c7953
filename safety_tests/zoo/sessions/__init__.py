"""Connections, cursors and sessions that were made for one user at a time."""

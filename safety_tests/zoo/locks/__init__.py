"""Locks and pools that wait for one another."""

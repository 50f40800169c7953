"""The app under test: imported in a process of its own, brought to a known state, served requests.

Kept free of imports: the server must take control of `threading` before anything else is loaded.
"""

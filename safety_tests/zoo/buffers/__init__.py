"""Memory that is filled for one request and read, or sent, after the next one refilled it."""

"""State of one request kept in a module or in a default that all requests share."""

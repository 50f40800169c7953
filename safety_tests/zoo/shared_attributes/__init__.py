"""State of one request kept on an object that all requests share."""

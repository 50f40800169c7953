"""Settings of a library that are one per process and are set per request."""

"""Work that holds the one thread that serves everybody."""

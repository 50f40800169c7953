"""Numbers that every request moves on by one."""

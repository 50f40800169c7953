"""State that has to survive an await."""

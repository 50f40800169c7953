"""What a teacher needs the day before: an offline pack for the laptops, and a doctor for each."""

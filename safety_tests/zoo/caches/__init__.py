"""Answers and tables kept between requests under a wrong key, or not as they were stored."""

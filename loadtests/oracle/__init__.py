"""What each request must be answered, and what an answer says about it. Without Locust."""

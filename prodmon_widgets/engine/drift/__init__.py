"""What is different about a window: comparison, distances, new values."""

"""A monitor on disk."""

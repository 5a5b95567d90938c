"""Monitor a model in production when there are no labels."""

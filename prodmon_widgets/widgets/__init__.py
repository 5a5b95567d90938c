"""Linked views for the notebook: each observes one Selection and answers a brush by itself."""

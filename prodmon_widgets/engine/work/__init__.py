"""Long work: its progress, who waits for it, and how it stops."""

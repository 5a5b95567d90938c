"""What people say of samples: labels, draws, what to label next."""

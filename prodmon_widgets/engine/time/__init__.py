"""Time bins, and windows as users write them."""

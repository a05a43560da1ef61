"""What is wrong with an input, and what looks wrong."""

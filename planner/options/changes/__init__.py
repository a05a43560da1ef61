"""What an option changes in the input."""

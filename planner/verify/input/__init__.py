"""The input as the checker reads it."""

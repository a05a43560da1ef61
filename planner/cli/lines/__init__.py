"""What the commands print, line by line."""

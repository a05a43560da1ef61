"""What the rules of funds and partners came to in one plan."""

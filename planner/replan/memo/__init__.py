"""What changed since the last plan."""

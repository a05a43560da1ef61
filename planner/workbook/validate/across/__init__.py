"""Rules across cells and tables."""

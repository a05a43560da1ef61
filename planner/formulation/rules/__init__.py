"""Rules that partners set."""

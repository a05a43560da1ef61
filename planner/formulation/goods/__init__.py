"""Rules of goods."""

"""From typed tables to the planning instance."""

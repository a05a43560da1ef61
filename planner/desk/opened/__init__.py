"""A run as one viewer may see it: read once, kept in memory, filtered by the address."""

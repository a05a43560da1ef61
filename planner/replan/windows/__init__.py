"""A horizon planned in windows."""

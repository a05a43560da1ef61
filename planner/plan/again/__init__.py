"""A plan solved again after changes, completed from a fixed part, or held as a base for further solves."""

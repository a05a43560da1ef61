"""Plans that a run folder holds: read back, shown again, compared, and the input that they were made from."""

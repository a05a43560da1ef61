"""The model under construction: columns, rows, right-hand sides, and where they come from."""

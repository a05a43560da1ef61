"""The responses to contingencies: their columns and rows, beside those of the plan."""

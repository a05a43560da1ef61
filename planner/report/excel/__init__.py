"""plan.xlsx."""

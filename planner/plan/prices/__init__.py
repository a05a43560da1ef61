"""Prices of limits: what one more of each brings, and one less costs."""

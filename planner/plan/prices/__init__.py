"""Prices of limits, and what would bring more of what is short."""

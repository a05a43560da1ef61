"""Who gains by joining: the coalitions of a group, Shapley values and the core."""

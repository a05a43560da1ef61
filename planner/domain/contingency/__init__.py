"""Contingencies: what may strike, what it takes away, for whom goods are, and the instance of a response."""

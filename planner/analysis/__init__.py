"""What lies around a plan: the frontier of two aims, what money buys, and plans that are as good."""

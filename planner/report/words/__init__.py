"""How figures, limits and reasons are written for people."""

"""Plans that are as good, and as different as possible."""

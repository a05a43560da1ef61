"""A budget slid up and down: proved bounds on the aims at once, from the plans solved so far."""

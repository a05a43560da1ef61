"""Re-optimisation: where things stand, the input rolled to the present, the next plan, and what changed."""

"""From an optimum to a plan: who pays, no goods in circles, nothing written off that need not be."""

"""If the attack is renewed: how much of what is then needed arrives, when, and from whose depots."""

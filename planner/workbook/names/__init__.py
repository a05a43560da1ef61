"""Which names exist, what they mean, and which valid one is nearest."""

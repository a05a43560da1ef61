"""The efficient frontier of two aims."""

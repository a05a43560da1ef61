"""Warnings that only the network or the money shows."""

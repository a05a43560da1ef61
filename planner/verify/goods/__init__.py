"""Checks of goods: balances, capacities, windows, rules of partners."""

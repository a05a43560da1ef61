"""Checks of money: costs, payments, limits of funds, contributions."""

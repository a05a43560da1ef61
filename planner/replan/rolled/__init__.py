"""The input rolled to the present."""

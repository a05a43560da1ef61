"""What the guarantee is worth: perfect information, planning for the cases, the depots of each nation,
one more unit.
"""

"""A review: planned against actual, and every breach of a commitment and departure from the plan,
with whose it is and what mends it.
"""

"""A review: planned against actual, and every breach of a commitment and departure from the plan, with whose it is and what mends it.

record    what a breach is, and review.json
compared  planned against made, shipped, delivered and paid
breaches  what was not done, whose it was, and what of it was done later
kept      the register in the run store
page      the brief, workbook and tables
pipeline  all that in order
"""

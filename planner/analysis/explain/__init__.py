"""A plan explained: of a demand where its goods come from and what one more costs,
of what is lacking what holds it back.
"""

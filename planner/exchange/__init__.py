"""The coordination cell: workbooks of many nations made one, and one nation's view of what came of it.

rights      who may state what, and whose a name is
said        what a workbook says, cell by cell, and where
senders     the workbooks that were sent, and who speaks in each
settle      what holds where several speak: conflicts, placeholders, what a sender may not state
gaps        what nobody said
merged      the merged tables, with the place that each cell came from
merge       all that in its order
policy      what a nation may see of the others, declared in TOML
views       which rows of an input are a nation's own, and which it may see
plan_views  the same for the tables of a plan
sums        sums of other nations' figures in a plan, and parts of a whole
disclosure  which sums may be told, so that nobody's figure follows from them
extract     a nation's view, written
"""

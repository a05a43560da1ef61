"""What lies around a plan: the frontier of two aims, what money buys, and plans that are as good.

context    the input, read and solved once; plans read off further solves, each verified
budget     a budget slid up and down: bounds on the aims from plans made before
findings  what an analysis has to say: sections, charts and tables
writing   findings as tables, workbook, page and record, in one folder
"""

"""Options side by side: the workbook without changes, and as each option changes it.

Nothing is imported here: help should not wait for the solver to load.
"""

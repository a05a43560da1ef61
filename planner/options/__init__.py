"""Options side by side: the workbook as it stands, and as each option changes it.

option       what an option is, from the Options table
conditions   which rows `fund=SAFE; year=2027` means
overrides    an option's changes, applied to the cells of the input
"""

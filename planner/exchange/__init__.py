"""The coordination cell: workbooks of many nations made one, and one nation's view of what came of it."""

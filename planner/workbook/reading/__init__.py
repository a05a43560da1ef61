"""From files to typed tables, with the place of every cell."""

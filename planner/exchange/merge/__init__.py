"""One input from what each nation sent: conflicts, gaps, and the source of every cell."""

"""The planning model: the columns and rows of each concept, and what is known of each family of rows."""

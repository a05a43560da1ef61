"""Maps: where places stand, land and sea, and what moves between them."""

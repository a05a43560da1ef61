"""What a run shows to people: a page and a workbook from the same data."""

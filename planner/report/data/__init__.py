"""What the page and the workbook show of one plan, gathered once."""

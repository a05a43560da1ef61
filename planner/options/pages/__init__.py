"""A comparison for people: page, workbook, words, pictures."""

"""The archive that an .xlsx file is, as only one reader could understand it."""

"""The archive that an .xlsx file is, as only one reader could understand it.

unreadable  why a file cannot be read, in the user's words
archive     the zip archive: its members, and their bytes
xml         the XML of a part, streamed
parts       names, content types and relations: which part is the workbook, which are its sheets
"""

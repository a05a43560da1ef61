"""Workbooks and pages that the program writes: template, conversion, reference, differences."""

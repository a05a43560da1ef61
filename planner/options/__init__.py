"""Options side by side: the workbook without changes, and as each option changes it.

    option          what an option is, from the Options table
    conditions      which rows `fund=SAFE; year=2027` means
    amounts         what one cell becomes: set, scaled, raised
    settings_sheet  which setting a change means
    overrides       an option's changes, applied to the cells of the input
    faults          what is wrong with options, at their cells
    sweep           a family of options that scale one thing
    outcome         one option solved and verified
    cluster         options on several processes, or on a Dask cluster
    figures         what the comparison shows of one plan
    revalued        the aims of an option by the base's values
    movements       what moves most in the plan
    comparison      base and options as tables, with differences
    record          what compare.json says
    wording, charts, page, workbook    compare.html and compare.xlsx
    input_folder    a changed input as CSV files
    pipeline        the order of things

Nothing is imported here: help should not wait for the solver to load.
"""

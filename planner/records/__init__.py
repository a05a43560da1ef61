"""What the program leaves for programs, and what it takes in TOML, as typed models.

    model        the base of all records; units of their fields
    declaration  the base of what is declared in a TOML file, and the reading of one
    reading      a record read back from its JSON file
    faults       what pydantic finds wrong, in words: place, found, expected
    published    the JSON schema of each record, generated into planner/schemas/NAME.json
    parts        what several records say in the same way
    run          run.json, which most commands and the report read

The model of each other record stands beside the code that writes it. Nothing is imported here: pydantic takes time to load, and
`planner --help` should not wait for it.
"""

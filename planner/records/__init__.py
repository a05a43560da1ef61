"""What the program leaves for programs, and what it takes in TOML, as typed models.

The model of each other record stands beside the code that writes it. Nothing is imported here: pydantic takes time to
load, and `planner --help` should not wait for it.
"""

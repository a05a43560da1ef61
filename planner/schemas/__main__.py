"""`python -m planner.schemas` renews the published schemas."""

from __future__ import annotations

from planner.schemas import FOLDER, schema_names, text_of

for name in schema_names():
    (FOLDER / f"{name}.json").write_text(text_of(name), encoding="utf-8", newline="\n")
print(f"wrote {len(schema_names())} schemas into {FOLDER}")

"""Tables whose rows are only added: the database itself refuses to change a row or to take one away.

Who owns the database can drop what refuses it; then the chain of hashes (see `chained`) shows that a row was changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

_FUNCTION = """
CREATE OR REPLACE FUNCTION planner_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'rows of % are only added', TG_TABLE_NAME; END $$
"""


def protect(connection: sa.Connection, tables: Sequence[str]) -> None:
    """Let the database refuse every UPDATE and DELETE of these tables (PostgreSQL: TRUNCATE too)."""
    statements = _on_a_server if connection.dialect.name == "postgresql" else _in_a_file
    for table in tables:
        for statement in statements(table):
            connection.exec_driver_sql(statement)


def _on_a_server(table: str) -> Iterator[str]:
    yield _FUNCTION.replace("%", "%%")  # the driver reads % as the place of a value
    for name, changes, each in (("changed", "UPDATE OR DELETE", "ROW"), ("emptied", "TRUNCATE", "STATEMENT")):
        when = f"BEFORE {changes} ON {table} FOR EACH {each}"
        yield f"CREATE TRIGGER {table}_not_{name} {when} EXECUTE FUNCTION planner_refuse()"


def _in_a_file(table: str) -> Iterator[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are only added'); END"
    for change in ("UPDATE", "DELETE"):
        yield f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} {refuse}"
    known = f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"  # INSERT OR REPLACE takes a row away without a DELETE
    yield f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {known} {refuse}"

"""What only somebody who owns the database can do to it."""

from __future__ import annotations

from planner.store.database import Database
from planner.store.schema import ONLY_ADDED


def unprotect(database: Database) -> None:
    """Drop what refuses to change rows that are only added."""
    with database.writing() as connection:
        for table in ONLY_ADDED:
            if database.is_file:
                for change in ("update", "delete", "replace"):
                    connection.exec_driver_sql(f"DROP TRIGGER {table}_no_{change}")
            else:
                for change in ("changed", "emptied"):
                    connection.exec_driver_sql(f"DROP TRIGGER {table}_not_{change} ON {table}")

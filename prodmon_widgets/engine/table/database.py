"""DuckDB: one database in memory a process, locked down, spilling into the process's own folder.

It reads the files that the user names and nothing else: no extension is installed, found or loaded, no variable of
Python is looked up by a name in a query, no secret is kept, and nothing that runs on it can change that.
"""

from __future__ import annotations

import os
from functools import cache

import duckdb

from prodmon_widgets.engine.table.scratch import process_folder

LOCKED = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
    # what a machine's owner may still say
    "allowed_configs": "[memory_limit, threads]",
}


def connect() -> duckdb.DuckDBPyConnection:
    """A connection of its own to the process's one database in memory, in which a time without a zone is UTC."""
    return _database(os.getpid()).cursor()


@cache
def _database(process: int) -> duckdb.DuckDBPyConnection:
    """A forked child must not touch its parent's database, whose threads it hasn't: it has one of its own."""
    spill = process_folder() / "spill"
    spill.mkdir(mode=0o700)
    database = duckdb.connect(config={**LOCKED, "temp_directory": str(spill)})
    # without GLOBAL a cursor would keep the machine's own zone
    database.execute("SET GLOBAL TimeZone = 'UTC'")
    database.execute("SET GLOBAL preserve_insertion_order = true")
    database.execute("SET GLOBAL lock_configuration = true")
    return database

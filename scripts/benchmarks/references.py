"""The references: tools that only write the same rows."""

import os
import subprocess
import sys
import time


def sqlite_reference(directory, database, tables):
    """The time in which the sqlite3 shell imports the rows that Ferry wrote."""
    reference = directory / "reference.sqlite"
    schema = ""
    for table in tables:
        query = f"SELECT sql || ';' FROM sqlite_schema WHERE tbl_name = '{table}' AND sql IS NOT NULL"
        schema += subprocess.run(["sqlite3", database, query], check=True, capture_output=True, text=True).stdout
        # CSV has no NULL, and columns of numbers take no empty text.
        columns = subprocess.run(
            ["sqlite3", database, f"SELECT name, type FROM pragma_table_info('{table}')"],
            check=True, capture_output=True, text=True).stdout.split()
        values = ", ".join(
            name if kind == "TEXT" else f"ifnull({name}, 0)" for name, kind in (column.split("|") for column in columns))
        subprocess.run(
            ["sqlite3", "-csv", database, f".output {directory / table}.csv", f"SELECT {values} FROM {table}"], check=True)
    subprocess.run(["sqlite3", reference, "PRAGMA journal_mode = WAL", schema], check=True, stdout=subprocess.DEVNULL)
    start = time.monotonic()
    commands = ["PRAGMA cache_size = -65536", ".mode csv"]
    commands += [f".import {directory / table}.csv {table}" for table in tables]
    subprocess.run(["sqlite3", reference, *commands], check=True, stderr=subprocess.DEVNULL)
    return time.monotonic() - start


def new_database(name):
    """The address of a new database on the server of scripts/with-postgres."""
    server = os.environ.get("FERRY_TEST_POSTGRES") or sys.exit("Run this with scripts/with-postgres.")
    subprocess.run(["psql", server, "--quiet", "--command", f"CREATE DATABASE {name}"], check=True)
    return server.rsplit("/", 1)[0] + "/" + name


def postgres_reference(directory, database, tables):
    """The time in which psql copies the rows that Ferry wrote into the same tables and indexes."""
    reference = new_database("ferry_reference")
    options = [option for table in tables for option in ("--table", table)]
    schema = subprocess.run(["pg_dump", "--schema-only", *options, database], check=True, capture_output=True).stdout
    subprocess.run(["psql", reference, "--quiet"], input=schema, check=True, stdout=subprocess.DEVNULL)
    for table in tables:
        subprocess.run(["psql", database, "--quiet", "--command", f"\\copy {table} TO '{directory / table}.csv' CSV"], check=True)
    start = time.monotonic()
    for table in tables:
        subprocess.run(["psql", reference, "--quiet", "--command", f"\\copy {table} FROM '{directory / table}.csv' CSV"], check=True)
    return time.monotonic() - start

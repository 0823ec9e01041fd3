"""What SQLite and PostgreSQL write in different ways, under one name each."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.dialects.sqlite.dml import OnConflictClause
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement, ReturnTypeFromArgs

__all__ = ["among", "entry", "greatest", "insert", "joined", "least", "listed", "partial_index"]


# SQLite took ON CONFLICT over from PostgreSQL, and SQLAlchemy writes it for either from the same; only for the name of
# a constraint PostgreSQL's compiler asks, which SQLite's clause can't have. To load what is PostgreSQL's own takes a
# board on a file a twentieth of a second at each start.
setattr(OnConflictClause, "constraint_target", None)  # noqa: B010 - it is not declared


class greatest(ReturnTypeFromArgs[Any]):  # noqa: N801 - as SQL names it
    """The greatest of several values, none of which may be NULL."""

    inherit_cache = True


class least(ReturnTypeFromArgs[Any]):  # noqa: N801 - as SQL names it
    """The least of several values, none of which may be NULL."""

    inherit_cache = True


class entry(FunctionElement[int]):  # noqa: N801 - a function of SQL's to whoever writes it
    """The whole number that stands beside the key `key`, a number too, in the text of a JSON object; else NULL."""

    inherit_cache = True
    type = sa.Integer()

    def __init__(self, text: sa.ColumnElement[Any], key: sa.ColumnElement[Any]) -> None:
        super().__init__(text, sa.cast(key, sa.String))


class joined(FunctionElement[str]):  # noqa: N801
    """The texts of a group with commas between them, in whatever order the database has; NULL of no row."""

    inherit_cache = True
    type = sa.String()


class _among(FunctionElement[bool]):  # noqa: N801
    # It has no type, for a Boolean is written for SQLite as `... = 1`, of which no index helps to find anything.
    inherit_cache = True


class _values_of(FunctionElement[Any]):  # noqa: N801
    inherit_cache = True
    name = "values_of"


def among(
    column: sa.ColumnElement[Any] | InstrumentedAttribute[Any],
    values: sa.Select[Any] | sa.CompoundSelect[Any],
) -> sa.ColumnElement[bool]:
    """Whether a column holds one of the few `values` that a query finds, of which each is looked up.

    It is a condition, and no column to be read.
    """
    return _among(column, values.scalar_subquery())


def listed(name: str, kind: type[sa.types.TypeEngine[Any]] = sa.String) -> sa.Select[tuple[Any]]:
    """The values of the list that is given as `name`: one parameter, for which the statement stays the same."""
    value = _values_of(sa.bindparam(name, type_=sa.JSON)).table_valued("value").c.value
    return sa.select(value if kind is sa.String else sa.cast(value, kind))


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> sa.Index:
    """An index of those rows alone for which a condition holds; a query must have it in the same words.

    The migrations make it on either database. It is told here in SQLite's way alone: to name PostgreSQL loads all that
    SQLAlchemy has for it, which a board on a file can do without.
    """
    return sa.Index(name, *columns, unique=unique, sqlite_where=sa.text(where))


@compiles(greatest, "sqlite")
def _greatest(element: greatest, compiler: SQLCompiler, **how: Any) -> str:
    return f"max({compiler.process(element.clauses, **how)})"


@compiles(least, "sqlite")
def _least(element: least, compiler: SQLCompiler, **how: Any) -> str:
    return f"min({compiler.process(element.clauses, **how)})"


@compiles(entry, "sqlite")
def _entry(element: entry, compiler: SQLCompiler, **how: Any) -> str:
    text, key = (compiler.process(part, **how) for part in element.clauses)
    return f"""json_extract({text}, '$."' || {key} || '"')"""


@compiles(entry, "postgresql")
def _entry_of_postgres(element: entry, compiler: SQLCompiler, **how: Any) -> str:
    text, key = (compiler.process(part, **how) for part in element.clauses)
    return f"CAST(CAST({text} AS JSONB) ->> {key} AS INTEGER)"


@compiles(joined, "sqlite")
def _joined(element: joined, compiler: SQLCompiler, **how: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **how)})"


@compiles(joined, "postgresql")
def _joined_of_postgres(element: joined, compiler: SQLCompiler, **how: Any) -> str:
    return f"string_agg({compiler.process(element.clauses, **how)}, ',')"


@compiles(_among, "sqlite")
def _in(element: _among, compiler: SQLCompiler, **how: Any) -> str:
    column, values = (compiler.process(part, **how) for part in element.clauses)
    return f"{column} IN {values}"


@compiles(_among, "postgresql")
def _in_array(element: _among, compiler: SQLCompiler, **how: Any) -> str:
    # Of a subquery it expects a hundred values and more, and walks through the table instead; of an array ten.
    column, values = (compiler.process(part, **how) for part in element.clauses)
    return f"{column} = ANY (ARRAY{values})"


@compiles(_values_of, "sqlite")
def _each(element: _values_of, compiler: SQLCompiler, **how: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **how)})"


@compiles(_values_of, "postgresql")
def _each_of_postgres(element: _values_of, compiler: SQLCompiler, **how: Any) -> str:
    return f"json_array_elements_text({compiler.process(element.clauses, **how)})"

"""Statements that are built and compiled once, and run by the database's driver itself.

For what every page or reply asks. To find the compiled form of a statement again and to dress each answer takes
SQLAlchemy three to ten times as long as SQLite needs for it; what it knows of types is kept here, the rest is left out.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import itemgetter
from types import MappingProxyType
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from forum.drivers import kind_of

Values: TypeAlias = Mapping[str, Any]
Way: TypeAlias = Callable[[Any], Any]
_Act: TypeAlias = Callable[[str, Any], Any]
_End: TypeAlias = Callable[[Any], None]

_REACHED = "reached"
LOST = "the transaction was taken back before its end"
NOTHING: Values = MappingProxyType({})


class Transaction:
    """What stands between a begin and an end, for statements alone: a tenth of what a session costs for that."""

    def __init__(self, engine: sa.Engine, driver: Any, end: _End, give_back: _End) -> None:
        self.engine = engine
        self.driver = driver
        self.is_shared = False
        """Whether several change something in it, one after another."""
        self._end = end
        self._give_back = give_back

    @property
    def is_open(self) -> bool:
        """Whether it still stands, and can be committed."""
        return kind_of(self.engine).is_open(self.driver)

    def commit(self) -> None:
        """Let what was written last. Raises what SQLAlchemy raises."""
        must_be_open(self.engine, self.driver)
        say(self.engine, self.driver, "COMMIT")

    def end(self) -> None:
        """Take back what was not committed, and give the connection back; one that can't end is thrown away, for the
        next one would find it as it is.
        """
        try:
            self._end(self.driver)
        except BaseException as fault:
            # With the line to a server its transaction has ended as well.
            is_over = kind_of(self.engine).is_lost(self.driver) and isinstance(fault, Exception)
            self.driver.close()
            if not is_over:
                raise
        else:
            self._give_back(self.driver)


class Transactions:
    """Begins transactions, on connections that are made as the engine makes its own and kept for the next one.

    From the engine's pool and back again a connection goes through thirty functions, which takes a page longer than to
    find a thread. The one that was used last comes first, for it has its statements prepared and its pages at hand.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._free: list[Any] = []
        event.listen(engine, "engine_disposed", self._close)

    def snapshot(self) -> Transaction:
        """One that reads: what is committed at this moment. It is to be ended, and raises what SQLAlchemy raises."""
        kind = kind_of(self._engine)
        return self._begun(kind.snapshot, kind.end_snapshot)

    def change(self) -> Transaction:
        """One that may write. It is to be ended, and raises what SQLAlchemy raises."""
        return self._begun(kind_of(self._engine).change, lambda driver: driver.rollback())

    def _begun(self, begin: str, end: _End) -> Transaction:
        free = self._free
        try:
            driver, was_kept = free.pop(), True
        except IndexError:
            driver, was_kept = self._opened(), False
        try:
            say(self._engine, driver, begin)
        except BaseException as fault:
            is_lost = was_kept and kind_of(self._engine).is_lost(driver)
            driver.close()
            if is_lost and isinstance(fault, DBAPIError):
                # As when a server was started anew: then the others that were kept go the same way, one after another.
                return self._begun(begin, end)
            raise
        return Transaction(self._engine, driver, end, lambda driver: self._take_back(driver, free))

    def _take_back(self, driver: Any, free: list[Any]) -> None:
        # Since it was taken the engine may have been disposed, as before a fork: then it is to be had no more.
        if free is self._free:
            free.append(driver)
        else:
            driver.close()

    def _opened(self) -> Any:
        try:
            held = self._engine.raw_connection()
        except self._engine.dialect.loaded_dbapi.Error as fault:
            raise _as_sqlalchemy(self._engine, "to connect", fault) from fault
        driver = held.driver_connection
        held.detach()
        return driver

    def _close(self, _engine: sa.Engine) -> None:
        free, self._free = self._free, []
        for driver in free:
            driver.close()


Source: TypeAlias = Session | Transaction


class Statement:
    """A statement whose values are those of its `bindparam`s or, for an INSERT, the row by its columns' names.

    With a session it runs in its transaction, behind what the session has still to write, and changes none of its
    objects. A list goes in as JSON, for `forum.sql.listed`. Raises KeyError for a value that is missing, and what
    SQLAlchemy raises when the database can't.
    """

    def __init__(self, statement: sa.Select[*tuple[Any, ...]] | sa.Insert | sa.Update | sa.Delete) -> None:
        self._statement = statement
        self._compiled: dict[tuple[str, tuple[str, ...]], _Compiled] = {}

    def all(self, source: Source, values: Values = NOTHING) -> list[Any]:
        """All rows, as named tuples."""
        engine, driver = _reached(source)
        compiled = self._for(engine, values)
        read: _Act = lambda sql, given: driver.execute(sql, given).fetchall()  # noqa: E731
        return compiled.rows(_do(engine, read, compiled.sql, compiled.given(values)))

    def first(self, source: Source, values: Values = NOTHING) -> Any | None:
        """The first row, None where there is none."""
        found = self.all(source, values)
        return found[0] if found else None

    def one(self, source: Source, values: Values = NOTHING) -> Any:
        """The one row of a statement that always has one."""
        (row,) = self.all(source, values)
        return row

    def scalar(self, source: Source, values: Values = NOTHING) -> Any | None:
        """The first column of the first row."""
        row = self.first(source, values)
        return row[0] if row else None

    def run(self, source: Source, values: Values = NOTHING) -> None:
        """Write. What the database shall tell of the row is asked for by RETURNING, and read as any row."""
        engine, driver = _reached(source)
        compiled = self._for(engine, values)
        _do(engine, driver.execute, compiled.sql, compiled.given(values))

    def run_for_each(self, source: Source, rows: Iterable[Values]) -> None:
        """Write each of the rows, which all have the same columns."""
        (engine, driver), rows = _reached(source), list(rows)
        if rows:
            compiled = self._for(engine, rows[0])
            _do(
                engine,
                driver.cursor().executemany,
                compiled.sql,
                [compiled.given(row) for row in rows],
                is_many=True,
            )

    def _for(self, engine: sa.Engine, values: Values) -> _Compiled:
        # Only an INSERT depends on which values there are.
        columns = tuple(values) if self._statement.is_insert else ()
        key = engine.dialect.name, columns
        compiled = self._compiled.get(key)
        if compiled is None:
            compiled = self._compiled[key] = _compile(self._statement, engine.dialect, columns)
        return compiled


@contextmanager
def reached_by(session: Session, connection: Connection) -> Generator[None]:
    """For the one transaction of the block: statements need not ask the session again on which connection it runs."""
    session.info[_REACHED] = _connected(connection)
    try:
        yield
    finally:
        del session.info[_REACHED]


def must_be_open(engine: sa.Engine, driver: Any) -> None:
    """Raise OperationalError where there is no transaction that can be committed.

    PostgreSQL takes back what it is told to commit after a statement that failed, and calls that no error.
    """
    if not kind_of(engine).is_open(driver):
        raise OperationalError("COMMIT", None, Exception(LOST))


def say(engine: sa.Engine, driver: Any, sql: str) -> None:
    """Let a connection of the driver's do what has no values and no answer, such as beginning a transaction."""
    _do(engine, lambda sql, _: driver.execute(sql), sql, ())


@dataclass(frozen=True, slots=True)
class _Compiled:
    """SQL for the driver, and the ways of values into it and out of it."""

    sql: str
    in_order: Callable[[Values], tuple[Any, ...]]
    constants: Mapping[str, Any]
    ways_in: tuple[tuple[str, Way], ...]
    make: Callable[[Iterable[Any]], Any]
    ways_out: tuple[tuple[int, Way], ...]

    def given(self, values: Values) -> tuple[Any, ...]:
        """The values in the order in which the SQL asks for them."""
        given = {**self.constants, **values}
        for name, way in self.ways_in:
            given[name] = way(given[name])
        return self.in_order(given)

    def rows(self, found: list[tuple[Any, ...]]) -> list[Any]:
        """Rows of the driver's with each value as its column's type has it."""
        if not self.ways_out:
            return list(map(self.make, found))
        rows = list(map(list, found))
        for place, way in self.ways_out:
            for row in rows:
                row[place] = way(row[place])
        return list(map(self.make, rows))


def _compile(statement: Any, dialect: sa.Dialect, columns: tuple[str, ...]) -> _Compiled:
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(columns) or None)
    if compiled.post_compile_params:
        raise TypeError("a list that is spread in the SQL makes another statement of it each time")
    if compiled.update_prefetch:
        raise TypeError("the statement must say itself what a model would fill in")
    binds = {name: bind for bind, name in compiled.bind_names.items()}
    constants = {name: compiled.params[name] for name, bind in binds.items() if not bind.required}
    for column in compiled.insert_prefetch if columns else ():
        if not column.default.is_scalar:
            raise TypeError(f"the row must say {column.key} itself")
        constants[column.key] = column.default.arg
    ways_in = ((name, _way(bind.type, dialect).bind_processor(dialect)) for name, bind in binds.items())
    shown: Any = statement.exported_columns
    ways_out = (_way(column.type, dialect).result_processor(dialect, None) for column in shown)
    names: list[str] = shown.keys() if shown else []
    row = namedtuple("Row", names, rename=True)  # pyright: ignore[reportUntypedNamedTuple]
    return _Compiled(
        sql=str(compiled),
        in_order=_getter(compiled.positiontup),
        constants=constants,
        ways_in=tuple((name, way) for name, way in ways_in if way),
        make=row._make,
        ways_out=tuple((place, way) for place, way in enumerate(ways_out) if way),
    )


def _getter(names: Sequence[str]) -> Callable[[Values], tuple[Any, ...]]:
    """How the values of these names are had in a row, in C where that gives a tuple."""
    return itemgetter(*names) if len(names) > 1 else lambda given: tuple([given[name] for name in names])


def _way(kind: Any, dialect: sa.Dialect) -> Any:
    """A type as the dialect has it."""
    return kind.dialect_impl(dialect)


def _reached(source: Source) -> tuple[sa.Engine, Any]:
    """The engine, and the driver's connection on which the source's transaction runs."""
    if isinstance(source, Transaction):
        return source.engine, source.driver
    source.flush()
    return source.info.get(_REACHED) or _connected(source.connection())


def _connected(connection: Connection) -> tuple[sa.Engine, Any]:
    return connection.engine, connection.connection.driver_connection


def _do(engine: sa.Engine, act: _Act, sql: str, given: Any, *, is_many: bool = False) -> Any:
    """Let the driver act, and whoever listens to the engine's statements hear of it; its errors become SQLAlchemy's."""
    listeners: Any = engine.dispatch.before_cursor_execute
    for listener in listeners:
        listener(None, None, sql, given, None, is_many)
    try:
        return act(sql, given)
    except engine.dialect.loaded_dbapi.Error as fault:
        raise _as_sqlalchemy(engine, sql, fault) from fault


def _as_sqlalchemy(engine: sa.Engine, sql: str, fault: Exception) -> BaseException:
    """The driver's error as SQLAlchemy raises it, without values."""
    kind_of(engine).conceal(fault)
    base = engine.dialect.loaded_dbapi.Error
    return DBAPIError.instance(sql, None, fault, base, hide_parameters=True)

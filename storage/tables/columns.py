"""The kinds of columns that every table is made of."""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, String, Table, TypeDecorator
from sqlmodel import Field, SQLModel


class Utc(TypeDecorator[datetime]):
    """An aware moment in, an aware moment in UTC out, on SQLite too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Any) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError(f"naive datetime: {value}")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _: Any) -> datetime | None:
        return value and (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC))


# SQLite counts rows by itself only in a column that is INTEGER to the letter.
Counter: Final = BigInteger().with_variant(Integer, "sqlite")


class Letters(TypeDecorator[str]):
    """Text in the order of its characters' numbers on both databases, whatever the language of the server."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        plain = String(collation="C") if dialect.name == "postgresql" else String()
        return dialect.type_descriptor(plain)


def moment(*, nullable: bool = False) -> Any:
    return Field(sa_type=Utc, nullable=nullable)


def json() -> Any:
    return Field(sa_type=JSON, nullable=False)


def table_of(row: type[SQLModel]) -> Table:
    """The Core table, for statements that skip the ORM."""
    return SQLModel.metadata.tables[str(row.__tablename__)]

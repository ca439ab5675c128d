"""Brings a database to the tables of this version, with alembic, from within the program."""

from pathlib import Path
from typing import Any

from custody.core.errors import StorageError

NEWEST = "0004"
"""The last revision in migrations/versions; a test compares."""


def migrate(path: Path, module: Any, to: str = NEWEST) -> None:
    """Create or upgrade the tables at `path`, through the driver `module`, to a revision.

    Alembic and SQLModel are imported here, when there is something to migrate, because they
    take longer to load than most commands take to run.
    """
    import sqlalchemy
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "custody.store:migrations")
    url = sqlalchemy.URL.create("sqlite", database=str(path))
    engine = sqlalchemy.create_engine(url, module=module, poolclass=sqlalchemy.NullPool)

    @sqlalchemy.event.listens_for(engine, "connect")
    def settle(connection: Any, _record: object) -> None:
        connection.isolation_level = None

    @sqlalchemy.event.listens_for(engine, "begin")
    def begin(connection: sqlalchemy.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, to)
    except sqlalchemy.exc.DBAPIError as error:
        raise StorageError(f"{path} cannot be migrated: {error.orig}") from error
    finally:
        engine.dispose()

"""Run by alembic with the connection that `custody.store.migrating` hands over."""

from alembic import context

from custody.store.tables import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()

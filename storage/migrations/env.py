"""Run the steps on the connection, and in the transaction, of whoever asks (storage/schema.py)."""

from alembic import context

attributes = context.config.attributes
context.configure(connection=attributes["connection"], target_metadata=attributes["metadata"])
with context.begin_transaction():
    context.run_migrations()

"""Retros are found by full text; and the segment that each belongs to."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

MOST = 60  # letters of a word


def upgrade() -> None:
    counter = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "retro_text",
        sa.Column("n", counter, nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("retro", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["workspace", "retro"], ["retro.workspace", "retro.id"]),
        sa.PrimaryKeyConstraint("n"),
        sa.UniqueConstraint("workspace", "retro", name="retro_text_retro"),
    )
    bind = op.get_bind()
    postgresql = bind.dialect.name == "postgresql"
    if postgresql:
        op.execute(
            "CREATE INDEX retro_text_words ON retro_text"
            " USING gin (array_to_tsvector(string_to_array(words, ' ')))"
        )
    else:
        op.execute("CREATE VIRTUAL TABLE retro_fts USING fts5(words, detail=none)")
    over = sa.text(
        "SELECT workspace, id, words FROM retro WHERE summed_at IS NOT NULL ORDER BY workspace, id"
    )
    for number, row in enumerate(bind.execute(over).all(), start=1):
        told = {"n": number, "workspace": row.workspace, "retro": row.id, "words": _words(row.words)}
        bind.execute(
            sa.text(
                "INSERT INTO retro_text (n, workspace, retro, words) VALUES (:n, :workspace, :retro, :words)"
            ),
            told,
        )
        if not postgresql:
            bind.execute(sa.text("INSERT INTO retro_fts (rowid, words) VALUES (:n, :words)"), told)
    if postgresql:
        op.execute(
            "SELECT setval(pg_get_serial_sequence('retro_text', 'n'),"
            " (SELECT coalesce(max(n), 0) + 1 FROM retro_text), false)"
        )
    op.add_column("retro", sa.Column("segment", sa.JSON(), nullable=True))
    op.drop_column("retro", "words")


def _words(told: str) -> str:
    """As they are kept from now on: letters and digits alone, each word once."""
    bare = unicodedata.normalize("NFKD", told.casefold())
    kept = "".join(each for each in bare if not unicodedata.combining(each))
    words = "".join(each if each.isalnum() else " " for each in kept).split()
    return " ".join(sorted({word[:MOST] for word in words}))

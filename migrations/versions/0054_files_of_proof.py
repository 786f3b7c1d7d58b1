"""Files and links as proof, with the day they speak of, who keeps them and when they expire; packs made in the background."""

revision = "0054_files_of_proof"
down_revision = "0053_rooms"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass

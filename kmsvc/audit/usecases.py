"""Entries for acts that change no governed row but must stand in the trail; written by `core.acts` for every slice."""

from kmsvc.core.acts import note_act

__all__ = ["note_act"]

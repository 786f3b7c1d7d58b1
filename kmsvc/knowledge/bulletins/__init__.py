"""Bulletins: what everybody concerned must know now, who has read it, and when it is over."""

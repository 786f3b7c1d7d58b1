"""Hooks: what other systems are told when something happens here, signed, with ids and never with secret text."""

"""Licences to write: who may propose, correct and publish, as far as proven quality carries. Roles stay the roof."""

"""Packs: the proof of a year as one file that anybody can check without this service."""

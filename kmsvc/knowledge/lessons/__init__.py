"""Lessons: articles and paragraphs in an order to be read through, always as they are in force."""

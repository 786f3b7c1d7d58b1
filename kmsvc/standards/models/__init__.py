"""Standards as data: models with their editions, chapters, sections, clauses, sub-items, levels and mappings."""

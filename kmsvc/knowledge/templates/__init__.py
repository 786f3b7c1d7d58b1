"""Templates of articles: headings, hints for the writer, sections that may not stay empty, and what a new article begins with."""

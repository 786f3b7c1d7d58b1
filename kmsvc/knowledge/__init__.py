"""What agents read to customers: articles with immutable versions, and who has read and understood which version.

articles: the texts. confirmations: read-and-understood per version. Sources: clauses 10, 43, 59 to 61."""

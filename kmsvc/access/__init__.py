"""Who was shown secret text, and who tried to take it away: a log that only grows."""

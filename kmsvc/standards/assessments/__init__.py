"""How the centre stands to a standard: marks, rates, levels, rounds of self-assessment."""

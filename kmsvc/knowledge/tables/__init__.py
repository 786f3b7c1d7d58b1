"""Lists of small things out of csv and xlsx: see first row by row what would happen, then let it happen. What a row means is
said by the noun whose rows they are."""

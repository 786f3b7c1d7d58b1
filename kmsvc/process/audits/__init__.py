"""The annual process audit: every process in force is asked once a year whether it is still needed, correct and followed; and the themed
optimisations of the year. Source: domain section 4.3, N14, clause 42."""

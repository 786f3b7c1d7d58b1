"""Papers: what a paper must hold (blueprint), whether the bank can give it, and composing one for each person by seed.

Points are decimals of two places everywhere in training, so that half points and shares of them add up exactly. Source: domain 5.2,
C5, C6."""

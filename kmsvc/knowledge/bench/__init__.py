"""The centre's own search bench: saved searches with the article each must find, asked again after every change, so that what
breaks is seen by who broke it. Source: feature B21."""

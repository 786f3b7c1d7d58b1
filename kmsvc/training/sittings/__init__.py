"""Sittings: one person in front of one paper, on the server's clock, every answer kept as it is given. Source: domain 5.2, C8, C9."""

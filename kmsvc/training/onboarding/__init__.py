"""Onboarding: forty working days from the welcome pack to team entry, with a class teacher and a mentor.

Source: domain 5.1, 6.8, clauses 27, 28, 63, 73, 74, 80, C16."""

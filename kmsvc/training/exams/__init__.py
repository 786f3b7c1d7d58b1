"""Exam plans: paper × time × people, with rooms, extra time, make-up, release, review and appeals. Source: domain 5.2, C7, C14, C24."""

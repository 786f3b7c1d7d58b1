"""Feedback: what readers say of an answer, who must reply by when, and what came of it. Source: feature B9."""

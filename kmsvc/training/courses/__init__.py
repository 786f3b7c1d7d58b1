"""Courses: chapters and lessons in versions, who must take one until when, how far everybody is."""

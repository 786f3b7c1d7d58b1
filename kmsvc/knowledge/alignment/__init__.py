"""Process alignment review: a coach looks at contacts drawn by lot, whether knowledge was searched, linked and improved; judged,
signed and frozen. It is for coaching: no targets on activity, no ranking of persons."""

"""Practice: by topic, mock exams, the mistake book with spaced repetition, five questions a day. Nothing of it counts. Source: C22."""

"""Learning from use: answers that several people opened for the same words, and did not search again after, stand a little higher."""

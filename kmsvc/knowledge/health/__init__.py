"""The health of what agents read: signs that somebody should look at an article, worked out from the service's own records."""

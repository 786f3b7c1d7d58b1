"""Articles that become one, and articles that become several: planned, looked at, published as one thing, taken back."""

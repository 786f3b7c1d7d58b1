"""What training is needed: the yearly survey in six steps, what hurts, the annual plan, suggestions. Source: domain 5.3, 5.4."""

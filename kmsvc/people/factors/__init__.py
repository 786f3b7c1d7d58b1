"""The second factor: one-time codes of an app on the phone, and recovery codes for the day the phone is gone. Each counts once."""

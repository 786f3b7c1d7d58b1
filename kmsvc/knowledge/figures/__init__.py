"""What a centre's knowledge does for those who search: shares, times and counts of a period, each with the list it comes from."""

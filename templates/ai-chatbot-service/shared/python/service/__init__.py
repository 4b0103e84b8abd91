"""The service. What is its own stands here; what it shares with other services stands in `base`."""

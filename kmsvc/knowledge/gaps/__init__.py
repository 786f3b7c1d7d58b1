"""What is searched and not found: searches without an answer come together as gaps, and stay until they find one."""

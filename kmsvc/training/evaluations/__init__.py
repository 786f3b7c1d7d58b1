"""Has the training helped: six factors, five steps, told to four audiences, adjustments, the four levels. Source: domain 5.5."""

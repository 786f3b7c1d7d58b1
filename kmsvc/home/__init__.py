"""Pages that join several slices, reads only: «My day», the numbers in the top bar, the menu."""

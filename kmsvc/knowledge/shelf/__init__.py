"""What is at hand before anything is typed: favourites of a person, pins of a unit, what was used last."""

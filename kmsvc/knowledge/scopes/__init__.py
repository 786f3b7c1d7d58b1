"""Where an article applies: the products, regions, channels and kinds of customers of the centre, as a register that is kept.
Source: feature B7."""

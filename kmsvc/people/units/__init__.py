"""Organisation units and posts: the tree of the centre. Root is CENTRE; audiences are a unit with all below it."""

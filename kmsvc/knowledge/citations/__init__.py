"""Citations: what lessons, questions and works of other systems cite, paragraph by paragraph, and what a new text did to it."""

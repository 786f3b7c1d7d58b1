"""The centre's knowledge for assistant programs, read only: they find and read what the person may, and cite it (feature B22).

Spoken by the Model Context Protocol through its official library, which comes with the extra `kmsvc[assistant]`."""

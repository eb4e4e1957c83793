# Golden host code of idioms, with its size.

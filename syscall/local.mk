# The guest's Linux ABI as tables, its conversion, and strace from the same rows.

# Random C programs, native against ferry.

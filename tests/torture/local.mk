# gcc's C torture tests, fetched when they run.

# One file per fixed bug, named by what was wrong.

# Arena, vector, hash map, bitset, log: what every other folder stands on.

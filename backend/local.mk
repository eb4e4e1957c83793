# IR to host code: instruction forms, selection, allocation, maps.

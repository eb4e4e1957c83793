# What a user or a CI machine calls first.
EXTRA_DIST += scripts/guest-root

# What a user or a CI machine calls first.

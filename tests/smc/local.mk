# Code that changes while it runs.

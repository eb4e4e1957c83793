# Documents that the distribution carries.
EXTRA_DIST +=

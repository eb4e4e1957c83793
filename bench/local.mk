# The programs and the driver of the speed comparison.

# The decode tables against vendor lists and objdump.

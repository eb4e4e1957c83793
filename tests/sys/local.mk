# One kernel promise per C file: run natively and under ferry, outputs compared.

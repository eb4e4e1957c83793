# ELF files, the initial stack and auxv, the vDSO, symbols.

# Per instruction: registers in, registers expected.

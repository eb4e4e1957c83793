# The intermediate representation: op table, builder, printer, parser, checker, interpreter.

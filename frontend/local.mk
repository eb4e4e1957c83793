# Guest instructions to IR: the table generator, the tables, one file per manual chapter.

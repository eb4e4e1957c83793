# Random IR under random allocation choices, and parallel moves exhaustively.

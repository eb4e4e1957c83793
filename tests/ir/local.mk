# IR as text in, result out; folds; what the checker refuses.

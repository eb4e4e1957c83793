# Blocks, code cache, linking, dispatch, invalidation.

"""Golden data of the released code, computed again: what ``python -m generation verify-reference`` runs."""

"""The expression language of policies: parse, type-check and evaluate with steps, exactly and three-valued."""

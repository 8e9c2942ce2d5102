"""City packs in force: releases, documents, clauses, official texts, measures."""

"""Policy laboratory: change a measure, or draft a new one, and see cost and fairness before it is issued."""

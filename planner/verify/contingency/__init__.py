"""The answers to contingencies, recomputed from the plan's tables and the response tables, case by case."""

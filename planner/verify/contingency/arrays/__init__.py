"""The responses as arrays: the response tables, what the plan leaves to them, and for whom goods are."""

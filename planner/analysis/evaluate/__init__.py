"""A plan that people made by hand, priced under the model and held against the optimum."""

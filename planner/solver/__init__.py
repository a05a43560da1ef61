"""Linear programs on HiGHS: one session, objective levels in order, scaling, parametric right-hand sides."""

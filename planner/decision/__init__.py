"""The decision record: one file that signs, by SHA-256, a plan and all that it was decided on;
and the plan made again from it.
"""

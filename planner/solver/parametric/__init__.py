"""An optimum as the linear program changes: derivatives and paths of right-hand sides, and one program solved again and
again.
"""

"""Jobs of the desk, worked out by processes of their own:
their state is in the store, their results are run folders.
"""

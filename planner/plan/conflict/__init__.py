"""Why no plan exists: the demands and limits that cannot hold together, what is lacking,
and the least change that would do.
"""

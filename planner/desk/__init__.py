"""The desk: runs opened, questioned, compared, approved and followed in the browser.

What a page shows is in its address; the browser keeps nothing but the cookie of its session.
"""

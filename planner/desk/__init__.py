"""The desk: runs opened, questioned, compared, approved and followed in the browser.

    access   who may come in, and what they may do: users, sessions, the guard before every page
    opened   a run as one viewer may see it: its tables, its filter, its report
    pages    one module for each kind of page, with its template
    desk     what all pages share: the store, the opened runs, the sessions
    app      the addresses
    serving  the server, its one-time link and its certificate

What a page shows is in its address; the browser keeps nothing but the cookie of its session.
"""

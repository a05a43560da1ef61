"""Who may come in: the file of users, signed sessions, and the guard that every request passes."""

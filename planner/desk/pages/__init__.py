"""The pages of the desk, each a module with its addresses and a template."""

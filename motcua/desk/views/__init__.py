"""The officers' pages: find what may be seen, check the form, call once, answer."""

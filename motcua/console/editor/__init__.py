"""The editor of procedures: the shapes of `procedures/parts.py` as forms for civil servants.

`tree` reads and changes the content by the shapes' type hints, `ids` names things and renames them everywhere,
`conditions` says simple conditions in words, `check` finds the mistakes at their places, `controls` shows a shape
as inputs, `pages` says what stands on which page.
"""

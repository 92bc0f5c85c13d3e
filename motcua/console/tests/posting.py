"""What a browser would post of a page's form when nobody typed anything."""

from html.parser import HTMLParser

from django.http import QueryDict


class _Form(HTMLParser):
    """The successful controls of one form, as HTML defines them, without its buttons."""

    def __init__(self, marker: str) -> None:
        super().__init__(convert_charrefs=True)
        self.posted = QueryDict(mutable=True)
        self.depth, self.marker = 0, marker
        self._select: str | None = None
        self._options: list[tuple[str, bool]] = []
        self._area: str | None = None
        self._text = ""
        self._inert = 0

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "form":
            self.depth = 1 if self.marker in values or self.marker == "" else 0
        if tag == "template":
            self._inert += 1
        if not self.depth or self._inert or "disabled" in values:
            return
        name = values.get("name")
        if tag == "input" and name:
            kind = values.get("type", "text")
            if kind in ("checkbox", "radio") and "checked" not in values:
                return
            if kind not in ("submit", "file", "button"):
                self.posted.appendlist(name, values.get("value", "on" if kind == "checkbox" else "") or "")
        elif tag == "select" and name:
            self._select, self._options = name, []
        elif tag == "option" and self._select is not None:
            self._options.append((values.get("value", ""), "selected" in values))
        elif tag == "textarea" and name:
            self._area, self._text = name, ""

    def handle_endtag(self, tag):
        if tag == "template":
            self._inert -= 1
        elif tag == "form":
            self.depth = 0
        elif tag == "select" and self._select is not None:
            chosen = [value for value, selected in self._options if selected]
            if self._options:
                self.posted.appendlist(self._select, chosen[-1] if chosen else self._options[0][0])
            self._select = None
        elif tag == "textarea" and self._area is not None:
            text = self._text[1:] if self._text.startswith("\n") else self._text  # HTML drops the first line end
            self.posted.appendlist(self._area, text.replace("\n", "\r\n"))
            self._area = None

    def handle_data(self, data):
        if self._area is not None:
            self._text += data


def posted(page: str, marker: str = "") -> QueryDict:
    """What the form whose tag has the attribute `marker` would send; of the last form without one."""
    form = _Form(marker)
    form.feed(page)
    return form.posted

"""The program that draws one paper by a layout that is not ours: reads an order, writes the PDF, and ends.

It runs alone, under limits that it sets itself before it reads any layout, and knows nothing of the house.
"""

import json
import re
import resource
import sys


def main() -> int:
    order = json.loads(sys.stdin.buffer.read())
    import typst  # before the limits: what it maps at its start is ours

    resource.setrlimit(resource.RLIMIT_AS, (order["memory"], order["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (order["seconds"], order["seconds"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[order["fonts"]])
    compiler = typst.Compiler(
        root=order["root"],
        font_paths=fonts,
        ignore_system_fonts=True,
        package_path=order["root"],
        package_cache_path=order["root"],
    )
    try:
        pdf, warnings = compiler.compile_with_warnings(
            order["source"].encode(),
            sys_inputs={"data": order["data"]},
            format="pdf",
            pdf_standards=["a-2b", "ua-1"],
            timestamp=order["timestamp"],
        )
    except typst.TypstError as failure:
        return _fail(failure.message, failure.diagnostic)
    if warnings:
        return _fail(warnings[0].message, warnings[0].diagnostic)
    if not isinstance(pdf, bytes):
        return _fail("no document came out", "")
    sys.stdout.buffer.write(pdf)
    return 0


def _fail(message: str, diagnostic: str) -> int:
    place = re.search(r"─\s*[^\s:]*:(\d+):\d+", diagnostic) or re.search(r":(\d+):\d+", diagnostic)
    print(diagnostic, file=sys.stderr)
    print(json.dumps({"message": message, "line": int(place[1]) if place else 0}), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

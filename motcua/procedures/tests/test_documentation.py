import re
from pathlib import Path

from motcua.procedures.definition import read_folder
from motcua.procedures.examples import run_examples

PAGE = Path(__file__).resolve().parents[3] / "docs" / "procedures.md"


def test_the_worked_example_passes_the_check(tmp_path):
    blocks = re.findall(r"```yaml (\S+)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 5
    folder = tmp_path / "2.009999"
    for name, text in blocks:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    definition, mistakes = read_folder(folder)
    assert mistakes == []
    assert definition is not None
    assert run_examples(definition) == []

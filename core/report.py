"""Self-contained HTML reports: headings, text, tables, figures, warnings in one file."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import atomic
from .result import Result
from .version import VERSION

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DATE = re.compile(r"\d{4}-\d\d-\d\d")  # must not break at its hyphens
_STYLE = """
body{font:15px/1.5 system-ui,'Segoe UI',Helvetica,Arial,sans-serif;color:#22303c;max-width:62rem;margin:2rem auto;padding:0 1.2rem}
h1{font-size:1.6rem;margin-bottom:.2rem}h2{font-size:1.15rem;margin-top:2rem;border-bottom:1px solid #d5dbe1;padding-bottom:.2rem}
table{border-collapse:collapse;margin:.6rem 0}th,td{padding:.25rem .8rem .25rem 0;text-align:left;border-bottom:1px solid #e6eaee;vertical-align:top}th{vertical-align:bottom}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}td.d{white-space:nowrap}.warn{background:#fdf3e1;border-left:4px solid #d98b00;padding:.4rem .8rem;margin:.4rem 0}
figure{margin:1rem 0}img{max-width:100%}figcaption,.note{color:#5b6b79;font-size:.9rem}.scroll{overflow-x:auto}
"""


class Report:
    """Collects parts in order and writes them as one HTML file without outside links."""

    def __init__(self, title: str, subtitle: str = "") -> None:
        self._title = title
        self._parts: list[str] = [f"<h1>{_text(title)}</h1>"]
        if subtitle:
            self._parts.append(f'<p class="note">{_text(subtitle)}</p>')

    def heading(self, text: str) -> None:
        self._parts.append(f"<h2>{_text(text)}</h2>")

    def paragraph(self, text: str) -> None:
        self._parts.append(f"<p>{_text(text)}</p>")

    def warnings(self, texts: Iterable[str]) -> None:
        self._parts.extend(f'<div class="warn">{_text(text)}</div>' for text in texts)

    def table(self, header: Sequence[str], rows: Iterable[Sequence[Any]], mixed: bool = False) -> None:
        """Columns of numbers are right-aligned with the same decimals; None shows as a dash.

        mixed : the numbers of a column are different quantities, so that each has its own decimals.
        A column of nothing but empty texts is left out.
        """
        columns = [[*cells] for cells in zip(*rows)] or [[] for _ in header]
        shown = [_column(title, cells, mixed) for title, cells in zip(header, columns) if _has_content(cells)]
        lines = "".join(f"<tr>{''.join(cells)}</tr>" for cells in zip(*shown))
        self._parts.append(f'<div class="scroll"><table>{lines}</table></div>')

    def numbers(self, result: Result) -> None:
        """The table of all numbers of a result, with units."""
        self.table(
            ("What", "Value", "Unit"),
            [(n.description, n.value, n.unit) for n in result.numbers.values()],
            mixed=True,
        )

    def records(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Table of rows that all have the keys of the first, which are its column titles; nothing without rows."""
        if rows:
            self.table([*rows[0]], [tuple(row.values()) for row in rows])

    def method(self, texts: Iterable[str]) -> None:
        """How the results came about, a paragraph each."""
        self.heading("How this was computed")
        for text in texts:
            self.paragraph(text)

    def figure(self, figure: Figure, caption: str = "") -> None:
        """Embed a matplotlib figure as PNG."""
        from .figures.base import to_png

        self.image(to_png(figure), caption)

    def image(self, png: bytes, caption: str = "") -> None:
        """Embed a picture that has been drawn already."""
        data = base64.b64encode(png).decode("ascii")
        note = f"<figcaption>{_text(caption)}</figcaption>" if caption else ""
        alt = html.escape(caption or self._title, quote=True)
        self._parts.append(f'<figure><img alt="{alt}" src="data:image/png;base64,{data}">{note}</figure>')

    def write(self, path: Path) -> Path:
        """Write the file atomically."""
        page = (
            '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width,initial-scale=1">'
            f"<title>{_text(self._title)}</title><style>{_STYLE}</style></head><body>"
            + "\n".join(self._parts)
            + f'<p class="note">Made by Groundline {VERSION}.</p></body></html>\n'
        )
        atomic.write_text(path, page)
        return path


def format_number(value: float) -> str:
    """A number for people: at most four significant decimals, thousands grouped."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if value == 0:
        return "0"
    text = f"{value:,.{_decimals(abs(value))}f}"
    short = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if short == "-0" else short


def format_column(values: Sequence[float]) -> list[str]:
    """Numbers of one quantity, all with the decimals of the largest, or each with its own if that hides one."""
    if not any(isinstance(value, float) for value in values):
        return [format_number(value) for value in values]
    decimals = _decimals(max(abs(value) for value in values))
    texts = [f"{value:,.{decimals}f}" for value in values]
    if any(value != 0 and not text.strip("-0.") for value, text in zip(values, texts)):
        return [format_number(value) for value in values]
    while decimals and all(text.endswith("0") for text in texts):
        decimals -= 1
        texts = [f"{value:,.{decimals}f}" for value in values]
    return texts


def _decimals(size: float) -> int:
    if size >= 1000:
        return 0
    return 1 if size >= 100 else 2 if size >= 10 else 3 if size >= 0.1 else 5


def _has_content(cells: Sequence[Any]) -> bool:
    return not cells or any(cell != "" for cell in cells)


def _column(title: str, cells: Sequence[Any], mixed: bool) -> list[str]:
    """The cells of one column as HTML, the title first."""
    numbers = [cell for cell in cells if isinstance(cell, (int, float))]
    texts = iter([format_number(number) for number in numbers] if mixed else format_column(numbers))
    kind = ' class="n"' if numbers or (cells and all(cell is None for cell in cells)) else ""
    out = [f"<th{kind}>{_text(title)}</th>"]
    for cell in cells:
        if cell is None:
            out.append('<td class="n">–</td>')
        else:
            text = next(texts) if isinstance(cell, (int, float)) else str(cell)
            mark = kind or (' class="d"' if DATE.fullmatch(text) else "")
            out.append(f"<td{mark}>{_breakable(_text(text))}</td>")
    return out


def _breakable(text: str) -> str:
    """A long word, such as a path, may break behind its slashes and underscores."""
    if len(text) <= 30 or " " in text:
        return text
    return text.replace("/", "/<wbr>").replace("_", "_<wbr>")


def _text(text: str) -> str:
    return html.escape(text, quote=False)

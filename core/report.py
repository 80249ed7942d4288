"""Self-contained HTML reports: headings, text, tables, figures, warnings in one file."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import atomic
from .result import Result
from .version import VERSION

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_STYLE = """
body{font:15px/1.5 system-ui,'Segoe UI',Helvetica,Arial,sans-serif;color:#22303c;max-width:62rem;margin:2rem auto;padding:0 1.2rem}
h1{font-size:1.6rem;margin-bottom:.2rem}h2{font-size:1.15rem;margin-top:2rem;border-bottom:1px solid #d5dbe1;padding-bottom:.2rem}
table{border-collapse:collapse;margin:.6rem 0}th,td{padding:.25rem .8rem .25rem 0;text-align:left;border-bottom:1px solid #e6eaee;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}.warn{background:#fdf3e1;border-left:4px solid #d98b00;padding:.4rem .8rem;margin:.4rem 0}
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

    def table(self, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Numbers are right-aligned; None shows as a dash."""
        head = "".join(f"<th>{_text(cell)}</th>" for cell in header)
        body = "".join("<tr>" + "".join(_cell(cell) for cell in row) + "</tr>" for row in rows)
        self._parts.append(f'<div class="scroll"><table><tr>{head}</tr>{body}</table></div>')

    def numbers(self, result: Result) -> None:
        """The table of all numbers of a result, with units."""
        self.table(
            ("What", "Value", "Unit"), [(n.description, n.value, n.unit) for n in result.numbers.values()]
        )

    def figure(self, figure: Figure, caption: str = "") -> None:
        """Embed a matplotlib figure as PNG."""
        from .figures.base import to_png

        data = base64.b64encode(to_png(figure)).decode("ascii")
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
    size = abs(value)
    if size >= 1000:
        return f"{value:,.0f}"
    decimals = 1 if size >= 100 else 2 if size >= 10 else 3 if size >= 0.1 else 5
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _cell(cell: Any) -> str:
    if cell is None:
        return '<td class="n">–</td>'
    if isinstance(cell, (int, float)):
        return f'<td class="n">{format_number(cell)}</td>'
    return f"<td>{_text(str(cell))}</td>"


def _text(text: str) -> str:
    return html.escape(text, quote=False)

"""Text made fit for where it is shown: that of losscli itself and that from data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from losscli.text import printable

if TYPE_CHECKING:
    from losscli.render.style import Style

# What losscli's own sentences and headers use beyond ASCII; text from data is escaped instead, which loses nothing
_SPELLED = str.maketrans(
    {
        "–": "-", "—": "-", "−": "-", "·": "*", "×": "x", "±": "+/-", "≈": "~", "≤": "<=", "≥": ">=", "≠": "!=",
        "→": "->", "…": "...", "²": "^2", "³": "^3", "½": "1/2", "¾": "3/4", "⅓": "1/3", "¹": "^1",
        "‖": "||", "∫": "integral of ", "°": "degrees ",
        "√": "sqrt", "∞": "inf", "ℓ": "l", "ŷ": "y_pred",
        "Σ": "sum", "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "θ": "theta",
        "λ": "lambda", "μ": "mu", "π": "pi", "Φ": "Phi", "ρ": "rho", "σ": "sigma", "τ": "tau", "ψ": "psi",
        "“": '"', "”": '"', "‘": "'", "’": "'", "\u00a0": " ", "\u202f": " ",
    }
)  # fmt: skip

_GREEK = "αβγδεθλμπΦρστψ"
# Where a symbol that becomes a word stands beside a factor, the product is spelled out: "½δ" is 1/2*delta. A pattern as
# text, which takes no time where symbols can be written
_PRODUCT = (
    rf"(?<=[0-9A-Za-z½¾⅓²)])(?=[{_GREEK}ℓ√])|(?<=[{_GREEK}])(?=[0-9A-Za-z½¾⅓])|(?<=[½¾⅓])(?=[A-Za-z(])|(?<=δ)(?=\()"
)
_SUM = r"Σ(?=[0-9A-Za-z])"


def own(text: str, style: Style) -> str:
    """Return text of losscli's own making, whole; in ASCII its symbols are spelled out (" · " becomes " | ")."""
    shown = printable(text, limit=None)
    if style.unicode:
        return shown
    spaced = re.sub(_PRODUCT, "*", re.sub(_SUM, "Σ ", shown))
    return _escaped(spaced.replace(" · ", " | ").replace("⁻¹", "^-1").translate(_SPELLED))


def foreign(text: str, style: Style, limit: int | None = None) -> str:
    """Return text from data with nothing in it that steers a terminal, cut to about `limit` characters where given."""
    shown = printable(text, limit)
    return shown if style.unicode else _escaped(shown.replace("…", "..."))


def _escaped(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode("ascii")

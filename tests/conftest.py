"""Options that write expected output anew; nothing does so without being told."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--refresh-cases", action="store_true", help="write tests/cases/*/{stdout,stderr,exit} anew")
    parser.addoption("--refresh-docs", action="store_true", help="write the outputs in console blocks of the docs anew")

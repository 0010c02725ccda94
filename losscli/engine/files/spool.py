"""Standard input, or any other pipe, laid down in a temporary file so that it can be read more than once."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path
from typing import IO, BinaryIO

from losscli.errors import InputError

_CHUNK_BYTES = 1 << 20
_OPEN_FILES = Path("/proc/self/fd")  # Linux: open files by number, unlinked ones too


class Spool:
    """A temporary file with all that a stream held; it goes when this object goes, or at the latest with the program.

    Parameters
    ----------
    stream : binary file
        Read to its end.
    label : str
        What messages call it.

    Attributes
    ----------
    path : str
        Where it can be opened any number of times.

    Raises
    ------
    InputError
        The stream cannot be read, or the temporary folder is full.
    """

    def __init__(self, stream: BinaryIO, label: str) -> None:
        self._file: IO[bytes]
        if _OPEN_FILES.is_dir():
            self._file = tempfile.TemporaryFile(prefix="losscli-")  # noqa: SIM115 - open as long as the object lives
            self.path = str(_OPEN_FILES / str(self._file.fileno()))
        else:
            self._file = tempfile.NamedTemporaryFile(prefix="losscli-", delete=False)  # noqa: SIM115 - as above
            self.path = self._file.name
            weakref.finalize(self, Path(self.path).unlink, missing_ok=True)
        weakref.finalize(self, self._file.close)
        try:
            shutil.copyfileobj(stream, self._file, _CHUNK_BYTES)
            self._file.flush()
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise InputError(
                f"{label} cannot be kept in {tempfile.gettempdir()}: {reason}",
                hint="set TMPDIR to a folder with more room, or name a file",
            ) from error

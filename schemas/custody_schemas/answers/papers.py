"""What `custody print` made."""

from custody_schemas.declare import Record
from custody_schemas.fields import Digest


class LabelAnswer(Record):
    """The label of an item: what people read, and what its two codes say.

    code: CASE/NUMBER with its check character
    bars: what the bar code (Code 128) says
    qr: what the QR code says
    file: the file that shows it
    """

    item: str
    code: str
    bars: str
    qr: str
    tag: Digest
    entry: Digest
    file: str


class LabelsPrinted(Record):
    """Labels that were written to files, a page each."""

    format: str
    size: str
    files: tuple[str, ...]
    labels: tuple[LabelAnswer, ...]


class PaperPrinted(Record):
    """A paper, printed from the ledger as it was with `size` records under `root`.

    text: the paper itself, where no file was asked for
    """

    paper: str
    items: tuple[str, ...]
    origin: str
    size: int
    root: Digest
    file: str | None = None
    text: str | None = None

"""What every act says."""

from custody_schemas.declare import Act, Personal
from custody_schemas.fields import Lines, LongText, Occurred, Text
from custody_schemas.terms import LateReason


class Common(Act):
    """Members of every act. (R2, R5, R8, R10)

    occurred: when it happened
    late: why it was recorded late
    late_reason: why it was recorded late, in words
    place: where it happened
    note: a remark
    on_behalf_of: for whom the signer acts
    attachments: documents and photographs: SHA-256, BLAKE3, size in bytes, percent-encoded name
    """

    occurred: Occurred
    late: LateReason | None = None
    late_reason: Personal[Text]
    place: Personal[Text]
    note: Personal[LongText]
    on_behalf_of: Personal[Text]
    attachments: Personal[Lines]

"""What another authority asks for, or is asked for: on file until it ends. (R40, R56, R101–R108)"""

from typing import Annotated

from custody_schemas.acts.common import Common
from custody_schemas.acts.retention import HELD
from custody_schemas.declare import Matches, Personal
from custody_schemas.fields import LongText, StatementId, Text, Time
from custody_schemas.terms import (
    Direction,
    Instrument,
    RefusalGround,
    RequestKind,
    RequestOutcome,
)

StateCode = Annotated[str, Matches("[A-Z]{2}", "the two letters of a State, as DE")]


class RequestRecorded(Common, name="request.recorded", about=HELD):
    """Another authority asks for something, or is asked; until that ends it is kept. (R56, R101)

    On a case it covers all its items, also later ones.

    kind: what is asked for
    direction: whether it came in, or went out
    instrument: the treaty or law under which it is made
    requesting_state: the State that asks, by its two letters
    requested_state: the State that is asked, by its two letters
    sent_at: when it was sent
    received_at: when who is asked received it; deadlines run from then
    respond_by: by when an answer is asked for; it does not lapse by that
    expires_at: until when something is to be preserved; it does not end by that
    follows: the earlier request that it follows up, as one for preservation
    authority: the legal basis on file that it is, or rests on
    requesting: the authority that asks
    requested: the authority or provider that is asked
    request_reference: its reference
    asked: what is asked for, in words
    """

    kind: RequestKind
    direction: Direction
    instrument: Instrument
    requesting_state: StateCode | None = None
    requested_state: StateCode | None = None
    sent_at: Time | None = None
    received_at: Time | None = None
    respond_by: Time | None = None
    expires_at: Time | None = None
    follows: StatementId | None = None
    authority: StatementId | None = None
    requesting: Personal[Text]
    requested: Personal[Text]
    request_reference: Personal[Text]
    asked: Personal[LongText]


class RequestEnded(Common, name="request.ended", about=HELD):
    """A request is over: answered, refused, withdrawn, no longer needed … (R56, R105, R108)

    request: the entry that put it on file
    outcome: what it came to; what was only to be preserved is never produced
    ground: why it was refused, in whole or in part, or cannot be met
    details: remarks
    """

    request: StatementId
    outcome: RequestOutcome
    ground: RefusalGround | None = None
    details: Personal[LongText]

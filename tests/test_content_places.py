"""Where digests of content and media stand, and how many files each form has. (SPEC §8)"""

import pytest

from custody.core.errors import RuleError
from custody.core.rules.items import SMALL, compared_media, placed
from custody_schemas.fields import Content, Media
from custody_schemas.terms import ContentForm, ContentPlace, StoredHash
from tests.bodies import HASH

DIGESTS = {"sha256": HASH, "blake3": HASH}
FOLDER, FILE, SEGMENTS = ContentForm.FOLDER, ContentForm.FILE, ContentForm.SEGMENTS


@pytest.mark.parametrize(
    ("form", "count", "size", "digests", "unread", "telling"),
    [
        (FILE, 1, SMALL, DIGESTS, None, ""),
        (FILE, 1, SMALL - 1, {}, None, ""),
        (FILE, 1, 0, {}, None, ""),
        (FILE, 1, SMALL, {}, None, "stand in the wrong place"),
        (FILE, 1, SMALL - 1, DIGESTS, None, "stand in the wrong place"),
        (FILE, 1, SMALL, {"sha256": HASH}, None, "stand in the wrong place"),
        (FILE, 1, SMALL - 1, {"blake3": HASH}, None, "stand in the wrong place"),
        (FILE, 0, 0, {}, None, "0 files are counted"),
        (FILE, 2, 7, {}, None, "2 files are counted"),
        (FOLDER, 0, 0, {}, None, ""),
        (FOLDER, 0, 7, {}, None, "only an empty folder"),
        (FOLDER, 7, 0, {}, None, ""),
        (SEGMENTS, 0, 0, {}, None, "only an empty folder"),
        (SEGMENTS, 2, 7, {}, None, ""),
        (FOLDER, 2, 7, {}, 3, ""),
        (FOLDER, 2, 7, {}, 0, ""),
        (FILE, 1, 7, {}, 0, "of a folder only"),
        (SEGMENTS, 2, 7, {}, 3, "of a folder only"),
    ],
)
def test_content_of_each_form(
    form: ContentForm,
    count: int,
    size: int,
    digests: dict[str, str],
    unread: int | None,
    telling: str,
) -> None:
    content = Content(form=form, count=count, size=size, where=ContentPlace.VAULT, **digests)
    if not telling:
        placed(content, unread)
        return
    with pytest.raises(RuleError, match=telling) as caught:
        placed(content, unread)
    assert caught.value.code == "E_CONTENT"


MD5, SHA1 = {"stored_md5": "a" * 32}, {"stored_sha1": "b" * 40}


@pytest.mark.parametrize(
    ("size", "members", "stored", "telling"),
    [
        (SMALL, DIGESTS, None, ""),
        (SMALL - 1, {}, None, ""),
        (SMALL, {}, None, "of media stand in the wrong place"),
        (SMALL - 1, DIGESTS, None, "of media stand in the wrong place"),
        (7, MD5, StoredHash.MATCH, ""),
        (7, SHA1, StoredHash.MATCH, ""),
        (7, MD5, StoredHash.MISMATCH, ""),
        (7, {}, StoredHash.MATCH, "said to match, and none is given"),
        (7, MD5, StoredHash.ABSENT, "said not to be there"),
        (7, SHA1, StoredHash.NOT_APPLICABLE, "said not to be there"),
        (7, SHA1, None, "said not to be there"),
        (7, {}, StoredHash.ABSENT, ""),
    ],
)
def test_media_and_the_hash_stored_with_it(
    size: int, members: dict[str, str], stored: StoredHash | None, telling: str
) -> None:
    media = Media(size=size, **members)
    if not telling:
        compared_media(media, stored)
        return
    with pytest.raises(RuleError, match=telling) as caught:
        compared_media(media, stored)
    assert caught.value.code == "E_CONTENT"


def test_without_media_no_stored_hash_matches() -> None:
    compared_media(None, StoredHash.NOT_APPLICABLE)
    with pytest.raises(RuleError, match="said to match, and none is given"):
        compared_media(None, StoredHash.MATCH)

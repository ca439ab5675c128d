"""As which item of which case words could be read, whether or not there is one."""

from custody.core.tags import ITEM_NUMBERS
from custody.reports import labels


def numbered(words: str) -> tuple[str, int]:
    """CASE and NUMBER of words that could name an item so; number 0 where they could not."""
    case, _, number = words.rpartition("/")
    fits = case and number.isascii() and number.isdigit() and int(number) in ITEM_NUMBERS
    return case, int(number) if fits else 0


def unchecked(words: str) -> str:
    """What stands before a check character that fits; or nothing."""
    head, check = labels.split(words) or ("", "")
    return head if head and check == labels.check_character(head) else ""


def cases(words: str) -> list[str]:
    """References of cases of which the words would name an item: CASE/NUMBER, CASE:EXHIBIT."""
    found = [words[:at] for at, letter in enumerate(words) if letter == ":"]
    for each in filter(None, (words, unchecked(words))):
        case, number = numbered(each)
        found += [case] if number else []
    return found

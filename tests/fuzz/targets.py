"""All targets, by the name that is typed; the whole verifier first."""

from tests.fuzz import Target, bags, bundles, carrying, formats, media, operators

ALL: dict[str, Target] = {
    **bundles.TARGETS,
    **operators.TARGETS,
    **carrying.TARGETS,
    **bags.TARGETS,
    **media.TARGETS,
    **formats.TARGETS,
}

import pytest

from retail.channels.levels import (
    NEEDS,
    PRESETS,
    Feature,
    Level,
    dependents_of,
    level_of,
    missing_for,
)


@pytest.mark.parametrize("level", PRESETS)
def test_a_preset_is_its_level(level: Level) -> None:
    assert level_of(PRESETS[level]) == level


def test_anything_between_is_custom() -> None:
    assert level_of({Feature.SHARED_DATABASE}) == Level.CUSTOM
    assert level_of({Feature.WEB_TO_STORE, Feature.SHARED_DATABASE}) == Level.CUSTOM


@pytest.mark.parametrize("level", PRESETS)
def test_presets_have_what_their_features_need(level: Level) -> None:
    assert all(missing_for(each, PRESETS[level]) == () for each in PRESETS[level])


def test_needs_are_followed_to_their_end() -> None:
    assert missing_for(Feature.UNIFIED_LOYALTY, set()) == (
        Feature.SHARED_DATABASE,
        Feature.UNIFIED_CUSTOMERS,
    )
    assert set(NEEDS) == set(Feature)


def test_who_would_miss_a_feature() -> None:
    everything = PRESETS[Level.OMNICHANNEL]
    assert dependents_of(Feature.UNIFIED_CUSTOMERS, everything) == (
        Feature.UNIFIED_LOYALTY,
    )
    assert dependents_of(Feature.WEB_TO_STORE, everything) == ()

"""Every act has the words that watched runs, Turning points and the classroom need, in one place each language."""

from itertools import product

from agents.act_words import DEFAULT_LANGUAGE, load_act_words, words_for
from dashboards.classroom.views.message_keys import act_keys
from dashboards.classroom.views.translations import languages
from experiments.counterfactuals.pivot import opposite_value
from model.protocol import ACT_INDEX, PROTOCOL, combine_conditions, named_conditions, state_act
from model.rules import conduct


def values_of(act):
    """List the values that a choice can come out as."""
    return {combine_conditions(act, [*held]) for held in product((False, True), repeat=len(act.conditions))}


def words_needed(act, language):
    """List the words that an act needs, as the file of the language names them."""
    needed = {f"class.{key}" for key in act_keys(act)}
    if language != DEFAULT_LANGUAGE or not act.conditions:
        return needed
    if act.sums:
        return needed | {"level"}
    needed |= {f"sentence.{value}" for value in values_of(act) if value or not act.rare}
    needed |= {f"had.{act.to_recorded(opposite_value(act.name, act.from_recorded(value)))}" for value in values_of(act)}
    return needed | {"absence"} if act.rare else needed


def words_there(act, language):
    """List the words that the file of a language has for an act, but for reasons, which an act may lack."""
    words = words_for(act.name, language)
    there = {f"sentence.{value}" for value in words.sentences} | {f"had.{value}" for value in words.had_clauses}
    there |= {part for part in ("level", "absence") if getattr(words, part)}
    return there | {f"class.{key}" for key in words.messages}


def missing(acts):
    """Name each act, language and word that is missing."""
    return [
        f"{act.name} lacks `{word}` in {language.name} (agents/words/{language.code}.toml)"
        for act in acts
        for language in languages()
        for word in sorted(words_needed(act, language.code) - words_there(act, language.code))
    ]


def test_every_act_has_the_words_it_needs_in_each_language():
    assert missing(PROTOCOL) == []


def test_no_act_has_words_that_nothing_uses():
    for language in languages():
        assert {*load_act_words(language.code)} <= {*ACT_INDEX}
        for act in PROTOCOL:
            assert words_there(act, language.code) <= words_needed(act, language.code), (act.name, language.code)
            assert {*words_for(act.name, language.code).reasons} <= {each.name for each in act.conditions}


def test_a_new_act_without_words_is_named_with_what_it_lacks():
    def recall_envoy(world, me, other): ...

    added = state_act(
        0, recall_envoy, "conduct", conditions=named_conditions((conduct.cooperation_terms, conduct.Cooperation))
    )
    assert missing([added]) == [
        f"recall_envoy lacks `{word}` in English (agents/words/en.toml)"
        for word in ("had.0", "had.1", "sentence.0", "sentence.1")
    ]

"""Every act has the texts that watched runs, Turning points and the classroom need, in each language."""

from itertools import product

from agents.act_words import DEFAULT_LANGUAGE, load_act_words, words_for
from dashboards.classroom.views.message_keys import act_keys
from dashboards.classroom.views.translations import languages
from experiments.counterfactuals.pivot import opposite_value
from model.acts import named_conditions, state_act
from model.protocol import ACT_INDEX, PROTOCOL, combine_conditions
from model.rules import conduct
from model.terms import declared_terms


def values_of(act):
    """Return the values that a decision can have."""
    return {combine_conditions(act, [*held]) for held in product((False, True), repeat=len(act.conditions))}


def needed_keys(act, language):
    """Return the keys of the texts that an act needs in a language."""
    keys = {f"class.{key}" for key in act_keys(act)}
    if language != DEFAULT_LANGUAGE or not act.conditions:
        return keys
    if act.sums:
        return keys | {"level"}
    keys |= {f"sentence.{value}" for value in values_of(act) if value or not act.rare}
    keys |= {f"had.{act.to_recorded(opposite_value(act.name, act.from_recorded(value)))}" for value in values_of(act)}
    return keys | {"absence"} if act.rare else keys


def existing_keys(act, language):
    """Return the keys of the texts that a language has for an act, without reasons, which are optional."""
    words = words_for(act.name, language)
    keys = {f"sentence.{value}" for value in words.sentences} | {f"had.{value}" for value in words.had_clauses}
    keys |= {key for key, text in (("level", words.level_sentence), ("absence", words.absence)) if text}
    return keys | {f"class.{key}" for key in words.messages}


def missing_texts(acts):
    """Return a message for each missing text."""
    return [
        f"{act.name} lacks `{key}` in {language.name} (agents/words/{language.code}.toml)"
        for act in acts
        for language in languages()
        for key in sorted(needed_keys(act, language.code) - existing_keys(act, language.code))
    ]


def test_every_act_has_its_texts_in_each_language():
    assert missing_texts(PROTOCOL) == []


def test_no_act_has_unused_texts():
    for language in languages():
        assert {*load_act_words(language.code)} <= {*ACT_INDEX}
        for act in PROTOCOL:
            assert existing_keys(act, language.code) <= needed_keys(act, language.code), (act.name, language.code)
            words = words_for(act.name, language.code)
            assert {*words.reasons} <= {each.name for each in act.conditions}
            assert {*words.largest_terms} <= {term for each in act.conditions for term in declared_terms(each.terms)}
            assert {*words.change_sentences} <= {*words.sentences}


def test_missing_texts_of_a_new_act_are_listed():
    def invented_act(world, me, other): ...

    added = state_act(
        0, invented_act, "conduct", conditions=named_conditions((conduct.cooperation_terms, conduct.Cooperation))
    )
    assert missing_texts([added]) == [
        f"invented_act lacks `{key}` in English (agents/words/en.toml)"
        for key in ("had.0", "had.1", "sentence.0", "sentence.1")
    ]

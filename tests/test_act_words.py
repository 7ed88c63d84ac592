"""Each act has the texts that runs, Turning points and the classroom need, in one file per language."""

from itertools import product

from agents.act_words import DEFAULT_LANGUAGE, load_act_words, words_for
from dashboards.classroom.views.message_keys import act_keys
from dashboards.classroom.views.translations import languages
from experiments.counterfactuals.pivot import opposite_value
from model.protocol import ACT_INDEX, PROTOCOL, combine_conditions, named_conditions, state_act
from model.rules import conduct


def possible_values(act):
    """Return the possible values of a decision."""
    return {combine_conditions(act, [*held]) for held in product((False, True), repeat=len(act.conditions))}


def words_needed(act, language):
    """Return the keys of the texts that an act needs in a language."""
    needed = {f"class.{key}" for key in act_keys(act)}
    if language != DEFAULT_LANGUAGE or not act.conditions:
        return needed
    if act.sums:
        return needed | {"level"}
    needed |= {f"sentence.{value}" for value in possible_values(act) if value or not act.rare}
    needed |= {
        f"had.{act.to_recorded(opposite_value(act.name, act.from_recorded(value)))}" for value in possible_values(act)
    }
    return needed | {"absence"} if act.rare else needed


def words_present(act, language):
    """Return the keys of the texts of an act in a language, without the optional reasons."""
    words = words_for(act.name, language)
    present = {f"sentence.{value}" for value in words.sentences} | {f"had.{value}" for value in words.had_clauses}
    present |= {key for key, text in (("level", words.level_sentence), ("absence", words.absence)) if text}
    return present | {f"class.{key}" for key in words.messages}


def missing_words(acts):
    """Return a message for each missing text."""
    return [
        f"{act.name} has no `{word}` in {language.name} (agents/words/{language.code}.toml)"
        for act in acts
        for language in languages()
        for word in sorted(words_needed(act, language.code) - words_present(act, language.code))
    ]


def test_each_act_has_all_texts_in_each_language():
    assert missing_words(PROTOCOL) == []


def test_no_act_has_unused_texts():
    for language in languages():
        assert {*load_act_words(language.code)} <= {*ACT_INDEX}
        for act in PROTOCOL:
            assert words_present(act, language.code) <= words_needed(act, language.code), (act.name, language.code)
            assert {*words_for(act.name, language.code).reasons} <= {each.name for each in act.conditions}


def test_missing_texts_of_a_new_act_are_listed():
    def recall_envoy(world, me, other): ...

    added = state_act(
        0, recall_envoy, "conduct", conditions=named_conditions((conduct.cooperation_terms, conduct.Cooperation))
    )
    assert missing_words([added]) == [
        f"recall_envoy has no `{word}` in English (agents/words/en.toml)"
        for word in ("had.0", "had.1", "sentence.0", "sentence.1")
    ]

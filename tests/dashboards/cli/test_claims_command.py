"""The command `claims`: its page, its JSON, its document, its screen and its refusals."""

import json
import re
from pathlib import Path

import pytest
from support.commands import refused_command, run_detente
from support.samples import write_sample

from experiments.ensembles.plausible import SHIPPED_SAMPLE, load_sample
from experiments.ensembles.plausible_worlds import sample_digest
from experiments.studies.essay_claims import CLAIMS

FEW = ("--points", 8, "--replications", 3)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return the folder, the JSON and the document of a small run of all claims."""
    folder = tmp_path_factory.mktemp("claims")
    sample = write_sample(folder)
    words = ("--sample", sample, "--out", "out", "--markdown", "claims.md", "--json")
    done = run_detente("claims", *FEW, *words, cwd=folder)
    assert (done.code, done.err) == (0, "")
    return folder, json.loads(done.out), (folder / "claims.md").read_text("utf-8")


def test_the_json_has_every_claim_with_its_answer(made):
    folder, facts, _ = made
    assert facts == json.loads((folder / "out" / "claims.json").read_text())
    assert [each["key"] for each in facts["claims"]] == [claim.key for claim in CLAIMS]
    for claim in facts["claims"]:
        assert claim["verdict"] in ("holds", "fails", "depends", "undecided")
        assert claim["answer"].split(".")[0] in ("Yes", "No", "In part", "It depends", "Undecided")
        for each in claim["comparisons"]:
            assert each["effect"] is None or each["effect"]["low"] <= each["effect"]["mean"] <= each["effect"]["high"]
            shares = each["shares"]
            assert shares is None or sum((shares["holds"]["share"], shares["opposite"], shares["neither"])) == (
                pytest.approx(1.0)
            )


def test_the_page_is_self_contained_and_has_a_picture_of_each(made):
    folder, facts, _ = made
    page = (folder / "out" / "claims.html").read_text("utf-8")
    comparisons = [each for claim in facts["claims"] for each in claim["comparisons"]]
    assert all(claim.words in page and claim.question in page for claim in CLAIMS)
    assert page.count('<svg class="strip"') == sum(each["effect"] is not None for each in comparisons)
    assert not re.search(r"https?://", page)
    assert "<script" not in page
    assert "Plausible, not probable" in page


def test_the_document_states_what_the_json_holds(made):
    _, facts, text = made
    for claim in facts["claims"]:
        section = text.partition(f"\n## {claim['words']}\n")[2].partition("\n## ")[0]
        assert claim["question"] in section
        rows = [line for line in section.splitlines() if line.startswith("| ")][1:]
        assert [row.split(" | ")[0].removeprefix("| ") for row in rows[1:]] == [
            each["says"] for each in claim["comparisons"]
        ]
        assert all(each["standing"] in row for each, row in zip(claim["comparisons"], rows[1:], strict=True))
        assert f"| {claim['words']} | {claim['question']} | {claim['verdict']} |" in text
    assert "do not edit" in text


def test_the_screen_fits_100_columns(made):
    folder = made[0]
    done = run_detente("claims", *FEW, "--sample", "sample.json", cwd=folder, COLUMNS="100")
    assert max(map(len, done.out.splitlines())) <= 100
    assert all(claim.words in " ".join(done.out.split()) for claim in CLAIMS if len(claim.words) < 60)
    assert "Saved to runs/claims/claims.html" in done.out


def test_the_same_seed_gives_the_same_answers(made):
    folder, facts, _ = made
    words = ("--sample", "sample.json", "--out", "again", "--json")
    assert json.loads(run_detente("claims", *FEW, *words, cwd=folder).out) == facts


def test_claims_of_a_file_are_tested_over_the_full_ranges(tmp_path):
    (tmp_path / "my.toml").write_text(
        'scenario = "two-states"\n[[claims]]\nname = "kind"\nwords = "Generosity builds trust"\nclaimed = '
        '{ "states.alba.generosity" = 0.9 }\nreference = {}\nmeasure = "mean_trust"\ndirection = "more"\n'
    )
    words = ("--file", "my.toml", "--space", "full", "--reach", 0.2, "--out", "out", "--json")
    facts = json.loads(run_detente("claims", *FEW, *words, cwd=tmp_path).out)
    assert (facts["scenario"], facts["space"], facts["reach"], facts["sample"]) == ("two-states", "full", 0.2, None)
    assert [each["key"] for each in facts["claims"]] == ["kind"]


def test_options_of_another_space_are_refused(tmp_path):
    message = refused_command("claims", "--reach", 0.5, "--out", "x", cwd=tmp_path)
    assert "--reach: applies to --space full only" in message
    message = refused_command("claims", "--space", "full", "--sample", "x.json", "--out", "x", cwd=tmp_path)
    assert "--sample: applies to --space plausible only" in message


def test_a_missing_sample_is_reported(tmp_path):
    message = refused_command("claims", "--sample", "none.json", "--out", tmp_path / "x", cwd=tmp_path)
    assert "none.json: cannot be read" in message


def test_the_document_in_docs_is_that_of_the_shipped_sample():
    document = Path(__file__).parents[3] / "docs" / "claims.md"
    text = document.read_text("utf-8") if document.exists() else ""
    digests = [sample_digest(load_sample())] if SHIPPED_SAMPLE.is_file() else []
    assert re.findall(r"sample has the digest `(\w+)`", text) == digests, "run `make validate`"
    assert [claim.words for claim in CLAIMS if f"\n## {claim.words}\n" not in text] == [
        claim.words for claim in CLAIMS if not digests
    ]

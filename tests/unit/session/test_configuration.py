"""Targets by name: where their file is found, what wins, and what it may not say."""

import json
from pathlib import Path
from typing import Any

import pytest

from scim_tests.errors import UsageError
from scim_tests.knowledge.reference import fixtures
from scim_tests.options import RUN_OPTIONS, RunOptions
from scim_tests.session import configuration
from scripts.configuration_schema import schema

SECRET = "tk-7hXq2mVb9LrPz4Nc"
ONE = '[targets.staging]\ntarget-url = "https://staging.example.com/scim"\n'
UNSAID: dict[str, Any] = {
    each.name: () if each.several else False if each.kind is bool else None for each in RUN_OPTIONS
}


def written(folder: Path, text: str, name: str = "scim-tests.toml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def told(folder: Path, *names: str, **said: Any) -> list[RunOptions]:
    return [each for _, each in configuration.targets(names, UNSAID | said, folder)]


def refused(folder: Path, *names: str, **said: Any) -> UsageError:
    with pytest.raises(UsageError) as error:
        told(folder, *names, **said)
    return error.value


def test_the_published_schema_is_made_of_the_options() -> None:
    """The file says what the script writes: every option of a run but --yes, with its type and its help."""
    published = json.loads((fixtures() / "schemas" / "configuration.schema.json").read_text(encoding="utf-8"))
    assert published == schema()
    flags = {each.flag.removeprefix("--") for each in RUN_OPTIONS}
    assert set(published["$defs"]["options"]["properties"]) == flags - {"yes"}


def test_the_nearest_file_of_the_repository_is_read(tmp_path: Path) -> None:
    """From the folder upwards: the own file before pyproject.toml, which counts only with the table; none above the root."""
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    below = tmp_path / "repository" / "service" / "deploy"
    below.mkdir(parents=True)
    written(tmp_path, ONE)
    assert configuration.find(below) is None
    shared = written(
        below.parent.parent, f"[tool.scim-tests]\n{ONE.replace('[', '[tool.scim-tests.')}", "pyproject.toml"
    )
    written(below.parent, "[tool.other]\n", "pyproject.toml")
    found = configuration.find(below)
    assert found
    assert found.path == shared
    own = written(below.parent.parent, ONE)
    found = configuration.find(below)
    assert found
    assert found.path == own


def test_without_a_repository_only_the_folder_itself_is_looked_at(tmp_path: Path) -> None:
    """What lies in a folder above, such as /tmp, may be anybody's."""
    below = tmp_path / "below"
    below.mkdir()
    written(tmp_path, ONE)
    assert configuration.find(below) is None
    assert configuration.find(tmp_path)


def test_the_command_wins_over_the_target_and_the_target_over_the_defaults(tmp_path: Path) -> None:
    """Each option is taken from whoever is nearest; a way to the token takes back the other one."""
    defaults = '[defaults]\nprofile = "okta"\nfail-on = "degraded"\nstrict = true\ntoken-file = "token"\nonly = ["discovery"]\n'
    own = 'profile = "read-only"\nstrict = false\ntoken-env = "SCIM_TESTS_STAGING_TOKEN"\n'
    written(tmp_path, defaults + ONE + own)
    [options] = told(tmp_path, "staging", fail_on="security", max_new_users=0)
    assert (options.profile, options.fail_on, options.strict) == ("read-only", "security", False)
    assert (options.token_env, options.token_file) == ("SCIM_TESTS_STAGING_TOKEN", None)
    assert (options.only, options.max_new_users, options.yes) == (("discovery",), 0, False)


def test_paths_lead_from_the_folder_of_the_file(tmp_path: Path) -> None:
    """Wherever the command is given; the name of a profile is no path."""
    (tmp_path / ".git").mkdir()
    below = tmp_path / "below"
    below.mkdir()
    paths = 'baseline = "known.toml"\nprofile = "mine.toml"\ntoken-file = "secrets/token"\nca-bundle = "/etc/ca.pem"\n'
    written(tmp_path, ONE + paths)
    [options] = told(below, "staging")
    assert options.baseline == str(tmp_path / "known.toml")
    assert options.profile == str(tmp_path / "mine.toml")
    assert options.token_file == str(tmp_path / "secrets" / "token")
    assert options.ca_bundle == "/etc/ca.pem"
    assert told(below, "staging", profile="okta")[0].profile == "okta"


def test_each_target_has_a_report_folder_of_its_own(tmp_path: Path) -> None:
    """What is said for all holds a folder for each; what is said for one is that one."""
    two = '[targets.a]\nreference = true\n[targets.b]\nreference = true\nreport-dir = "mine"\n'
    written(tmp_path, two)
    assert told(tmp_path, "a")[0].report_dir.endswith("-a")  # type: ignore[union-attr]
    assert [each.report_dir for each in told(tmp_path, "a", "b", report_dir="out")] == ["out/a", "out/b"]
    assert told(tmp_path, "a", report_dir="out")[0].report_dir == "out"
    written(tmp_path, f'[defaults]\nreport-dir = "all"\n{two}')
    assert [each.report_dir for each in told(tmp_path, "a", "b")] == [
        str(tmp_path / "all" / "a"),
        str(tmp_path / "mine"),
    ]
    written(
        tmp_path, f"{two.replace('true', 'true  #', 1)}[targets.c]\nreference = true\nreport-dir = 'mine'\n"
    )
    assert refused(tmp_path, "b", "c").code == "one-folder"


def test_a_target_is_always_named(tmp_path: Path) -> None:
    """Also where there is but one; a misspelt one gets the nearest, and no other may be given beside it."""
    assert refused(tmp_path).code == "no-target"
    assert refused(tmp_path, "staging").code == "no-configuration"
    written(tmp_path, ONE)
    assert "has: staging" in refused(tmp_path).hint
    assert "Did you mean staging?" in refused(tmp_path, "stagin").hint
    assert refused(tmp_path, "staging", reference=True).code == "two-targets"
    [alone] = told(tmp_path, target_url="https://other.example.com")
    assert (alone.profile, alone.report_dir) == (None, None), "the file is about those that it names"


def test_one_secret_goes_to_one_server(tmp_path: Path) -> None:
    """Two servers that would get the same secret are refused, the same server twice is not."""
    two = '[targets.{0}]\ntarget-url = "https://{1}.example.com/scim"\n'
    written(tmp_path, two.format("a", "a") + two.format("b", "b") + two.format("c", "a"))
    error = refused(tmp_path, "a", "b")
    assert (
        error.message
        == "a and b are different servers, and both would be given the secret in SCIM_TESTS_TOKEN."
    )
    assert len(told(tmp_path, "a", "c")) == 2
    own = 'token-env = "SCIM_TESTS_B_TOKEN"\n'
    written(tmp_path, two.format("a", "a") + two.format("b", "b") + own)
    assert len(told(tmp_path, "a", "b")) == 2
    grant = 'token-url = "https://{}.example.com/token"\n'
    written(tmp_path, two.format("a", "a") + grant.format("x") + two.format("b", "b") + grant.format("y"))
    assert "SCIM_TESTS_CLIENT_SECRET" in refused(tmp_path, "a", "b").message


def test_a_target_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With the nearest one that is."""
    written(tmp_path, ONE)
    error = refused(tmp_path, "stagin")
    assert error.message.endswith("scim-tests.toml has no target 'stagin'.")
    assert "staging" in error.hint


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('targt-url = "x"', 3, "there is no key 'targets.staging.targt-url'. Did you mean target-url?"),
        ("yes = true", 3, "yes cannot stand here: nobody agrees to writing in a file."),
        (f'token = "{SECRET}"', 3, "token cannot stand here: no secret stands in this file."),
        (f'client-secret = "{SECRET}"', 3, "client-secret cannot stand here"),
        (f'token-env = "{SECRET}"', 3, "targets.staging.token-env cannot be this."),
        (f'token-env = ["{SECRET}"]', 3, "targets.staging.token-env has to be text in quotes."),
        ('token-env = "GITHUB_TOKEN"', 3, "It begins with SCIM_TESTS_."),
        ('token-file = "../token"', 3, "token-file has to lie in the folder of this file, or below."),
        ('token-file = "/etc/passwd"', 3, "token-file has to lie in the folder of this file, or below."),
        (f'header = ["Authorization: Bearer {SECRET}"]', 3, "the value of 'Authorization' looks like a secret."),
        (f'header = ["x-api-key:{SECRET}"]', 3, "the value of 'x-api-key' looks like a secret."),
        (f'header = "{SECRET}"', 3, "targets.staging.header has to be a list."),
        ('seed = "7"', 3, "targets.staging.seed has to be a whole number."),
        ("strict = 1", 3, "targets.staging.strict has to be true or false."),
        ('fail-on = "wrong-dat"', 3, "targets.staging.fail-on cannot be this. Did you mean wrong-data?"),
        ("parallel = 0", 0, "target staging: --parallel has to be 1 or more."),
        ('[defaults]\ntarget-url = "x"', 4, "target-url is said of one target, not of all."),
        ('[targets."a b"]\nreference = true', 1, "A target's name has letters"),
        ("[target]", 3, "there is no key 'target'. Did you mean targets?"),
        ("[targets.other]\nreference = false", 0, "it names no server."),
        (f'token = "{SECRET}', 0, "is not TOML"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    """One sentence with file, line, key and the nearest right one; no value is repeated, as it may be a secret."""
    written(tmp_path, f"{ONE}{text}\n")
    error = refused(tmp_path, "other" if "other" in text else "staging")
    place = str(tmp_path / "scim-tests.toml") + (f", line {line}: " if line else "")
    assert str(error).startswith(place), str(error)
    assert said in " ".join(str(error).split())
    assert SECRET not in str(error)


def test_the_line_is_that_of_the_target_that_is_wrong(tmp_path: Path) -> None:
    """Another target that says the same key rightly stands before it."""
    other = "[targets.other]\nreference = true\nseed = 1\n"
    written(tmp_path, f'{other}{ONE}seed = "7"\n')
    assert "scim-tests.toml, line 6: targets.staging.seed" in str(refused(tmp_path, "other"))


def test_a_table_of_pyproject_is_placed_as_well(tmp_path: Path) -> None:
    """The line is that of the whole file."""
    text = f"[project]\nname = 'x'\n{ONE.replace('[', '[tool.scim-tests.')}seed = true\n"
    written(tmp_path, text, "pyproject.toml")
    assert "pyproject.toml, line 5: targets.staging.seed" in str(refused(tmp_path, "staging"))


def test_a_link_out_of_the_folder_is_no_token_file(tmp_path: Path) -> None:
    """A repository could bring one that leads to another program's secret."""
    folder = tmp_path / "repository"
    folder.mkdir()
    (tmp_path / "secret").write_text(SECRET)
    (folder / "token").symlink_to(tmp_path / "secret")
    written(folder, f'{ONE}token-file = "token"\n')
    assert "token-file has to lie" in refused(folder, "staging").message

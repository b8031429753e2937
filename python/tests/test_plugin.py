"""The fixtures and markers: what a test finds, and what it leaves."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def strict_markers(pytester: pytest.Pytester) -> None:
    """Markers that are not registered are errors."""
    pytester.makeini("[pytest]\naddopts = --strict-markers --strict-config -p no:cacheprovider -W error\n")


def check(pytester: pytest.Pytester, code: str, *arguments: str, **outcomes: int) -> pytest.RunResult:
    """Run tests with these outcomes."""
    pytester.makepyfile(code)
    result = pytester.runpytest_subprocess(*arguments)
    result.assert_outcomes(**outcomes)
    return result


def test_each_test_finds_the_same_server_as_it_was_at_its_start(pytester: pytest.Pytester) -> None:
    check(
        pytester,
        """
        import datetime
        import pytest

        @pytest.mark.parametrize("round", [1, 2, 3])
        def test_leaves_things_behind(secretstack, secretsmanager, kms, round, record_property):
            assert secretsmanager.list_secrets()["SecretList"] == []
            assert kms.list_keys()["Keys"] == []
            now = datetime.datetime.now(datetime.timezone.utc)
            assert abs(secretstack.now() - now) < datetime.timedelta(hours=1)
            secretsmanager.create_secret(Name="db", SecretString="hunter2")
            kms.create_key()
            secretstack.freeze()
            secretstack.advance("31d")
            record_property("pid", secretstack.pid)

        def test_is_the_same_server(secretstack, request):
            pids = {dict(item.user_properties)["pid"] for item in request.session.items[:-1]}
            assert pids == {secretstack.pid}
        """,
        passed=4,
    )


def test_code_under_test_reaches_it_without_being_told(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    misleading = {
        "AWS_PROFILE": "there-is-no-such-profile",
        "AWS_SESSION_TOKEN": "a-real-one",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ENDPOINT_URL_SECRETS_MANAGER": "http://127.0.0.1:9",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        "AWS_ACCESS_KEY_ID": "a-real-one",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "NO_PROXY": "example.com",
    }
    for name, value in misleading.items():
        monkeypatch.setenv(name, value)
    check(
        pytester,
        """
        import os
        import boto3

        before = dict(os.environ)
        outside = boto3.DEFAULT_SESSION = object()

        def test_inside(secretstack):
            arn = boto3.client("secretsmanager").create_secret(Name="db")["ARN"]
            assert arn.startswith("arn:aws:secretsmanager:us-east-1:000000000000:")
            assert os.environ["AWS_ENDPOINT_URL"] == secretstack.endpoint_url
            for gone in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_SECRETS_MANAGER"):
                assert gone not in os.environ
            assert os.environ["AWS_EC2_METADATA_DISABLED"] == "true"
            assert os.environ["NO_PROXY"] == "example.com,127.0.0.1"

        def test_outside():
            now = {name: os.environ.get(name) for name in before if name != "PYTEST_CURRENT_TEST"}
            assert now == {name: before[name] for name in now}
            assert boto3.DEFAULT_SESSION is outside
        """,
        passed=2,
    )


def test_a_session_that_boto3_makes_in_a_test_ends_with_it(pytester: pytest.Pytester) -> None:
    check(
        pytester,
        """
        import sys

        def test_first(secretstack):
            assert "boto3" not in sys.modules
            import boto3
            boto3.client("secretsmanager")
            assert boto3.DEFAULT_SESSION is not None

        def test_second():
            import boto3
            assert boto3.DEFAULT_SESSION is None
        """,
        passed=2,
    )


def test_the_clock_marker_freezes_the_clock_at_a_time(pytester: pytest.Pytester) -> None:
    check(
        pytester,
        """
        import datetime
        import pytest

        NEW_YEAR = datetime.datetime(2027, 1, 1, tzinfo=datetime.timezone.utc)

        @pytest.mark.secretstack_clock("2027-01-01T00:00:00Z")
        def test_text(secretstack):
            assert secretstack.now() == NEW_YEAR

        @pytest.mark.secretstack_clock(NEW_YEAR)
        class TestOfAClass:
            def test_datetime(self, secretstack, secretsmanager):
                secretsmanager.create_secret(Name="db")
                assert secretsmanager.describe_secret(SecretId="db")["CreatedDate"] == NEW_YEAR

            @pytest.mark.secretstack_clock("2028-01-01T00:00:00Z")
            def test_the_closest_marker_counts(self, secretstack):
                assert secretstack.now().year == 2028

        @pytest.mark.secretstack_clock(NEW_YEAR, freeze=False)
        def test_running(secretstack):
            seen = secretstack.now()
            while secretstack.now() == seen:
                pass
            assert NEW_YEAR <= seen < NEW_YEAR + datetime.timedelta(hours=1)

        @pytest.mark.secretstack_clock(NEW_YEAR)
        def test_the_marker_asks_for_the_fixture():
            import os
            assert "AWS_ENDPOINT_URL" in os.environ
        """,
        passed=5,
    )


def test_a_marker_that_makes_no_sense_is_an_error_of_the_test(pytester: pytest.Pytester) -> None:
    result = check(
        pytester,
        """
        import pytest

        @pytest.mark.secretstack_clock("soon")
        def test_of_a_bad_time(): ...

        @pytest.mark.secretstack_clock
        def test_of_no_time(): ...
        """,
        errors=2,
    )
    text = result.stdout.str()
    assert '"soon" is not a time such as 2027-01-01T00:00:00Z' in text
    assert "missing 1 required positional argument: 'time'" in text


def test_arguments_of_the_server_are_a_setting(pytester: pytest.Pytester) -> None:
    check(
        pytester,
        """
        def test_account(secretsmanager):
            assert ":123456789012:" in secretsmanager.create_secret(Name="db")["ARN"]
        """,
        "-o",
        "secretstack_args=--rotation-function 'nobody=true' --account 123456789012",
        passed=1,
    )


def test_tests_that_do_not_ask_for_it_start_no_server(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRETSTACK_BIN", "/nowhere/secretstack")
    code = """
    def test_without(): ...
    def test_with(secretstack): ...
    """
    result = check(pytester, code, passed=1, errors=1)
    result.stdout.fnmatch_lines(["*BinaryNotFoundError: SECRETSTACK_BIN names /nowhere/secretstack, which is not*"])


def test_markers_and_fixtures_are_described(pytester: pytest.Pytester) -> None:
    assert "@pytest.mark.secretstack_seed(document)" in pytester.runpytest("--markers").stdout.str()
    assert "@pytest.mark.secretstack_clock(time, freeze=True)" in pytester.runpytest("--markers").stdout.str()
    fixtures = pytester.runpytest("--fixtures").stdout.str()
    for fixture in ("secretstack", "secretsmanager", "kms"):
        assert f"\n{fixture} -- " in fixtures


def test_seed_markers_are_applied_from_the_outside_in(pytester: pytest.Pytester) -> None:
    pytester.path.joinpath("seed.yaml").write_text("secrets: [{name: c, value: from a file}]")
    check(
        pytester,
        """
        import pathlib
        import pytest

        pytestmark = pytest.mark.secretstack_seed("secrets: [{name: a, value: module}, {name: b, value: module}]")

        def values(client):
            names = [secret["Name"] for secret in client.list_secrets()["SecretList"]]
            return {name: client.get_secret_value(SecretId=name)["SecretString"] for name in names}

        @pytest.mark.secretstack_seed({"secrets": [{"name": "b", "value": "test"}]})
        @pytest.mark.secretstack_seed(pathlib.Path("seed.yaml"))
        def test_of_all_kinds(secretsmanager):
            assert values(secretsmanager) == {"a": "module", "b": "test", "c": "from a file"}

        @pytest.mark.secretstack_clock("2027-01-01T00:00:00Z")
        def test_of_its_module_at_its_time(secretsmanager):
            assert values(secretsmanager) == {"a": "module", "b": "module"}
            assert secretsmanager.describe_secret(SecretId="a")["CreatedDate"].year == 2027
        """,
        passed=2,
    )


def test_the_sessions_seed_is_a_setting(pytester: pytest.Pytester) -> None:
    pytester.path.joinpath("seed.yaml").write_text("secrets: [{name: prod/db, value: hunter2}]")
    check(
        pytester,
        """
        import pytest

        @pytest.mark.parametrize("round", [1, 2])
        def test_begins_with_it(secretstack, secretsmanager, round):
            assert secretsmanager.get_secret_value(SecretId="prod/db")["SecretString"] == "hunter2"
            secretsmanager.update_secret(SecretId="prod/db", SecretString="hunter3")
            secretstack.reset()
            assert secretsmanager.get_secret_value(SecretId="prod/db")["SecretString"] == "hunter2"
            secretstack.reset(to="empty")
        """,
        "-o",
        "secretstack_seed=seed.yaml",
        passed=2,
    )


def test_a_seed_with_a_mistake_is_an_error_of_the_test(pytester: pytest.Pytester) -> None:
    code = """
    import pytest

    @pytest.mark.secretstack_seed({"secrets": [{"nmae": "prod/db"}]})
    def test_never_runs(): ...
    """
    check(pytester, code, errors=1).stdout.fnmatch_lines(["E*RefusedError:*nmae*"])

"""The everyday `aws secretsmanager` commands, as people type them and scripts call them.

Each command costs most of a second, so a test tells a whole story. The service's finer points
belong to the boto3 suite.
"""

from __future__ import annotations

import base64
import json
import string
from pathlib import Path

from conftest import Aws
from emulator import REGION, Emulator
from facts import (
    CLASS_EXCLUDED,
    INVALID_NAME,
    MARKED_FOR_DELETION,
    NOT_FOUND,
    holder_not_named,
    name_taken,
    policy_for,
    root_of,
)

TOKEN = "11111111-2222-4333-8444-555555555555"


def error(code: str, operation: str, message: str) -> str:
    """How the CLI words an error that the service answered."""
    return f"An error occurred ({code}) when calling the {operation} operation: {message}"


def create(aws: Aws, *names: str) -> None:
    """Secrets with the value `hunter2`."""
    for name in names:
        aws.stdout("create-secret", "--name", name, "--secret-string", "hunter2")


class TestValues:
    """Values go in and come out."""

    def test_create_describe_and_get(self, aws: Aws, account: str) -> None:
        """Facts 3.1, 3.2 and 3.6: with a description and tags; Fact 1.2: dates are numbers."""
        created = aws.json(
            "create-secret",
            *("--name", "prod/db", "--secret-string", "pässwörd 🔐"),
            *("--description", "the main one", "--client-request-token", TOKEN),
            *("--tags", "Key=team,Value=payments", "Key=stage,Value=prod"),
        )
        assert set(created) == {"ARN", "Name", "VersionId"}
        assert created["ARN"].startswith(
            f"arn:aws:secretsmanager:{REGION}:{account}:secret:prod/db-"
        )
        assert created["VersionId"] == TOKEN

        described = aws.json("describe-secret", "--secret-id", "prod/db")
        assert set(described) == {
            "ARN",
            "CreatedDate",
            "Description",
            "LastChangedDate",
            "Name",
            "Tags",
            "VersionIdsToStages",
        }
        assert described["VersionIdsToStages"] == {TOKEN: ["AWSCURRENT"]}
        assert described["Tags"] == [
            {"Key": "team", "Value": "payments"},
            {"Key": "stage", "Value": "prod"},
        ]
        assert isinstance(described["CreatedDate"], int | float)

        get = ("get-secret-value", "--secret-id", created["ARN"])
        assert aws.text("SecretString", *get) == "pässwörd 🔐"
        assert set(aws.json(*get)) == {
            "ARN",
            "CreatedDate",
            "Name",
            "SecretString",
            "VersionId",
            "VersionStages",
        }

    def test_a_binary_value_from_a_file(self, aws: Aws, tmp_path: Path) -> None:
        """Fact 1.2: `fileb://` sends bytes, and the answer shows base64."""
        value = bytes(range(256))
        file = tmp_path / "key.bin"
        file.write_bytes(value)

        aws.stdout("create-secret", "--name", "key", "--secret-binary", f"fileb://{file}")

        shown = aws.text("SecretBinary", "get-secret-value", "--secret-id", "key")
        assert base64.b64decode(shown, validate=True) == value

    def test_put_and_update(self, aws: Aws, tmp_path: Path) -> None:
        """Facts 3.4 and 3.5: a new value becomes current; a description makes no version."""
        create(aws, "database")
        file = tmp_path / "value.json"
        file.write_text(json.dumps({"user": "admin", "password": "hunter3"}))

        put = aws.json(
            "put-secret-value", "--secret-id", "database", "--secret-string", f"file://{file}"
        )
        assert set(put) == {"ARN", "Name", "VersionId", "VersionStages"}
        assert put["VersionStages"] == ["AWSCURRENT"]
        shown = aws.text("SecretString", "get-secret-value", "--secret-id", "database")
        assert json.loads(shown) == {"user": "admin", "password": "hunter3"}

        update = ("update-secret", "--secret-id", "database", "--description", "changed")
        assert set(aws.json(*update)) == {"ARN", "Name"}
        updated = aws.json(*update, "--secret-string", "hunter4")
        assert set(updated) == {"ARN", "Name", "VersionId"}
        previous = aws.json(
            "get-secret-value", "--secret-id", "database", "--version-stage", "AWSPREVIOUS"
        )
        assert previous["VersionId"] == put["VersionId"]

    def test_moving_a_label_back(self, aws: Aws) -> None:
        """Facts 3.10, 3.12 and 4.2: a rollback makes the previous version current."""
        create(aws, "database")
        aws.stdout(
            "put-secret-value",
            *("--secret-id", "database", "--secret-string", "broken"),
            *("--client-request-token", TOKEN),
        )
        list_versions = ("list-secret-version-ids", "--secret-id", "database")
        query = "Versions[?contains(VersionStages, 'AWSPREVIOUS')].VersionId"
        good = aws.text(query, *list_versions)

        move = ("update-secret-version-stage", "--secret-id", "database")
        label = ("--version-stage", "AWSCURRENT", "--move-to-version-id", good)
        assert aws.refused(*move, *label) == error(
            "InvalidParameterException",
            "UpdateSecretVersionStage",
            holder_not_named("AWSCURRENT", TOKEN),
        )
        moved = aws.json(*move, *label, "--remove-from-version-id", TOKEN)
        assert set(moved) == {"ARN", "Name"}

        versions = aws.json(*list_versions)["Versions"]
        assert {version["VersionId"]: version["VersionStages"] for version in versions} == {
            good: ["AWSCURRENT"],
            TOKEN: ["AWSPREVIOUS"],
        }

    def test_batch_get(self, aws: Aws) -> None:
        """Fact 3.3: values and errors side by side."""
        create(aws, "one", "two")

        batch = aws.json("batch-get-secret-value", "--secret-id-list", "one", "two", "unknown")

        assert {value["Name"]: value["SecretString"] for value in batch["SecretValues"]} == {
            "one": "hunter2",
            "two": "hunter2",
        }
        assert batch["Errors"] == [
            {
                "SecretId": "unknown",
                "ErrorCode": "ResourceNotFoundException",
                "Message": NOT_FOUND,
            }
        ]

    def test_random_passwords(self, aws: Aws) -> None:
        """Fact 3.9: without punctuation, and with nothing to draw from."""
        password = aws.text(
            "RandomPassword",
            *("get-random-password", "--password-length", "50", "--exclude-punctuation"),
        )
        assert len(password) == 50
        assert set(password) <= set(string.ascii_letters + string.digits)

        assert aws.refused("get-random-password", "--exclude-characters", string.digits) == error(
            "InvalidParameterException", "GetRandomPassword", CLASS_EXCLUDED
        )


class TestLists:
    """Lists, filters and pages."""

    def test_list_secrets(self, aws: Aws) -> None:
        """Fact 3.11: the CLI pages by itself, and stops and goes on as it is told."""
        create(aws, "prod/a", "prod/b", "prod/c", "dev/a")
        by_name = ("list-secrets", "--sort-by", "name", "--sort-order", "asc")
        production = (*by_name, "--filters", "Key=name,Values=prod/")

        assert aws.json(*production, "--query", "SecretList[].Name") == [
            "prod/a",
            "prod/b",
            "prod/c",
        ]
        assert aws.json(*by_name, "--page-size", "1", "--query", "SecretList[].Name") == [
            "dev/a",
            "prod/a",
            "prod/b",
            "prod/c",
        ]
        first = aws.json(*production, "--max-items", "2")
        assert [entry["Name"] for entry in first["SecretList"]] == ["prod/a", "prod/b"]
        rest = aws.json(*production, "--starting-token", first["NextToken"])
        assert [entry["Name"] for entry in rest["SecretList"]] == ["prod/c"]
        assert "NextToken" not in rest


class TestTags:
    """Tags."""

    def test_tag_and_untag(self, aws: Aws) -> None:
        """Facts 3.22 and 3.23: neither command prints anything."""
        create(aws, "database")

        assert (
            aws.stdout(
                "tag-resource",
                *("--secret-id", "database"),
                *("--tags", "Key=team,Value=payments", "Key=stage,Value=prod"),
            )
            == ""
        )
        assert aws.stdout("untag-resource", "--secret-id", "database", "--tag-keys", "team") == ""

        tags = aws.json("describe-secret", "--secret-id", "database", "--query", "Tags")
        assert tags == [{"Key": "stage", "Value": "prod"}]


class TestDeletion:
    """Deletion, for a while and for good."""

    def test_delete_and_restore(self, aws: Aws) -> None:
        """Facts 3.7 and 3.8: a deleted secret is closed until it is restored."""
        create(aws, "database")

        deleted = aws.json(
            "delete-secret", "--secret-id", "database", "--recovery-window-in-days", "7"
        )
        assert set(deleted) == {"ARN", "DeletionDate", "Name"}
        assert aws.refused("get-secret-value", "--secret-id", "database") == error(
            "InvalidRequestException", "GetSecretValue", MARKED_FOR_DELETION
        )

        restored = aws.json("restore-secret", "--secret-id", "database")
        assert restored == {"ARN": deleted["ARN"], "Name": "database"}
        shown = aws.text("SecretString", "get-secret-value", "--secret-id", "database")
        assert shown == "hunter2"

    def test_delete_for_good(self, aws: Aws) -> None:
        """Fact 3.7 and trace 15: force works on a secret, and on one that never was."""
        create(aws, "database")

        for name in ("database", "unknown"):
            deleted = aws.json(
                "delete-secret", "--secret-id", name, "--force-delete-without-recovery"
            )
            assert set(deleted) == {"ARN", "DeletionDate", "Name"}
            assert deleted["Name"] == name
        assert aws.json("list-secrets") == {"SecretList": []}


class TestResourcePolicies:
    """Resource policies."""

    def test_put_get_validate_and_delete(self, aws: Aws, account: str, tmp_path: Path) -> None:
        """Facts 3.15 to 3.18: a policy from a file, and the verdict on one."""
        create(aws, "database")
        policy = policy_for(root_of(account))
        file = tmp_path / "policy.json"
        file.write_text(json.dumps(policy))
        secret, document = ("--secret-id", "database"), ("--resource-policy", f"file://{file}")

        verdict = aws.json("validate-resource-policy", *secret, *document)
        assert verdict == {"PolicyValidationPassed": True, "ValidationErrors": []}

        aws.stdout("put-resource-policy", *secret, *document, "--block-public-policy")
        shown = aws.text("ResourcePolicy", "get-resource-policy", *secret)
        assert json.loads(shown) == policy

        public = ("--resource-policy", json.dumps(policy_for("*")), "--block-public-policy")
        assert aws.refused("put-resource-policy", *secret, *public).startswith(
            error("PublicPolicyException", "PutResourcePolicy", "")
        )

        deleted = aws.json("delete-resource-policy", *secret)
        assert aws.json("get-resource-policy", *secret) == deleted
        assert set(deleted) == {"ARN", "Name"}


class TestErrors:
    """What a person reads when it goes wrong."""

    def test_an_unknown_secret(self, aws: Aws) -> None:
        """Fact 2.5: the sentence, word for word."""
        assert aws.refused("get-secret-value", "--secret-id", "unknown") == error(
            "ResourceNotFoundException", "GetSecretValue", NOT_FOUND
        )
        assert aws.refused("describe-secret", "--secret-id", "unknown") == error(
            "ResourceNotFoundException", "DescribeSecret", NOT_FOUND
        )

    def test_a_taken_name(self, aws: Aws) -> None:
        """Fact 3.1."""
        create(aws, "database")

        assert aws.refused("create-secret", "--name", "database", "--secret-string", "x") == error(
            "ResourceExistsException", "CreateSecret", name_taken("database")
        )

    def test_an_illegal_name(self, aws: Aws) -> None:
        """Fact 1.6: the front end's errors read the same."""
        assert aws.refused(
            "create-secret", "--name", "with space", "--secret-string", "x"
        ) == error("ValidationException", "CreateSecret", INVALID_NAME)


class TestConfiguration:
    """Other ways to point the CLI at the emulator."""

    def test_the_endpoint_from_the_environment(
        self, emulator: Emulator, aws_environment: dict[str, str], account: str
    ) -> None:
        """AWS_ENDPOINT_URL_SECRETS_MANAGER and AWS_DEFAULT_REGION instead of the two options."""
        environment = {
            **aws_environment,
            "AWS_ENDPOINT_URL_SECRETS_MANAGER": emulator.endpoint,
            "AWS_DEFAULT_REGION": "eu-west-1",
        }
        aws = Aws(environment, ())
        create(aws, "database")

        arn = aws.text("ARN", "get-secret-value", "--secret-id", "database")
        assert arn.startswith(f"arn:aws:secretsmanager:eu-west-1:{account}:secret:database-")

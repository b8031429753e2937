"""STS: GetCallerIdentity, with which tools begin, and nothing else."""

from __future__ import annotations

import re
import uuid
from typing import Any
from xml.etree import ElementTree

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from conftest import Connect
from emulator import Emulator
from expect import members, refused
from wire import Answer, send

NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
CALL = "Action=GetCallerIdentity&Version=2011-06-15"
DEFAULT_ACCOUNT = "000000000000"


def identity(answer: dict[str, Any]) -> dict[str, Any]:
    """The three members of the answer."""
    assert members(answer) == {"Account", "Arn", "UserId"}
    return {name: answer[name] for name in ("Account", "Arn", "UserId")}


def root_identity(account: str, partition: str = "aws") -> dict[str, str]:
    """Every caller is its account's root."""
    return {"Account": account, "Arn": f"arn:{partition}:iam::{account}:root", "UserId": account}


def element(answer: Answer, *path: str) -> ElementTree.Element:
    """An element of an XML answer, in the namespace of STS."""
    found = ElementTree.fromstring(answer.body).find("/".join(f"{{{NAMESPACE}}}{p}" for p in path))
    assert found is not None
    return found


class TestIdentity:
    """GetCallerIdentity as SDKs call it."""

    def test_the_account_is_in_the_access_key(self, sts: BaseClient, account: str) -> None:
        """An access key id of twelve digits."""
        assert identity(sts.get_caller_identity()) == root_identity(account)

    @pytest.mark.parametrize("access_key", ["AKIAIOSFODNN7EXAMPLE", "test", "1" * 13])
    def test_other_access_keys_belong_to_the_default_account(
        self, connect: Connect, access_key: str
    ) -> None:
        """As with Secrets Manager."""
        sts = connect(access_key, service="sts")

        assert identity(sts.get_caller_identity()) == root_identity(DEFAULT_ACCOUNT)

    def test_temporary_credentials(self, connect: Connect, account: str) -> None:
        """A session token changes nothing."""
        sts = connect(account, session_token="FwoGZXIvYXdzEXAMPLE", service="sts")

        assert identity(sts.get_caller_identity()) == root_identity(account)

    @pytest.mark.parametrize(
        ("region", "partition"),
        [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
    )
    def test_the_region_decides_the_partition(
        self, connect: Connect, account: str, region: str, partition: str
    ) -> None:
        """Fact 2.1: the partitions of an ARN."""
        sts = connect(account, region, service="sts")

        assert identity(sts.get_caller_identity()) == root_identity(account, partition)

    def test_every_answer_has_a_request_id(self, sts: BaseClient) -> None:
        """In the body, and in the header as everywhere."""
        answers = [sts.get_caller_identity()["ResponseMetadata"] for _ in range(2)]

        ids = {answer["RequestId"] for answer in answers}
        assert len(ids) == 2
        assert {str(uuid.UUID(text)) for text in ids} == ids
        assert {answer["HTTPHeaders"]["x-amzn-requestid"] for answer in answers} == ids

    def test_the_three_services_agree(
        self, sts: BaseClient, sm: BaseClient, kms: BaseClient
    ) -> None:
        """One endpoint, one account."""
        account = sts.get_caller_identity()["Account"]

        assert kms.create_key()["KeyMetadata"]["AWSAccountId"] == account
        assert f":{account}:" in sm.create_secret(Name="database", SecretString="x")["ARN"]


class TestOtherActions:
    """What STS cannot do here."""

    def test_assume_role(self, sts: BaseClient) -> None:
        """InvalidAction: it is as if there were none."""
        with refused(
            ClientError,
            "Could not find operation AssumeRole for version 2011-06-15",
            code="InvalidAction",
        ):
            sts.assume_role(RoleArn="arn:aws:iam::123456789012:role/app", RoleSessionName="test")

    def test_get_session_token(self, sts: BaseClient) -> None:
        """The text names the action that was asked for."""
        with refused(
            ClientError,
            "Could not find operation GetSessionToken for version 2011-06-15",
            code="InvalidAction",
        ):
            sts.get_session_token()


class TestWire:
    """The query protocol by hand."""

    @pytest.mark.parametrize("method", ["POST", "GET"])
    def test_an_answer(self, emulator: Emulator, method: str) -> None:
        """XML in the namespace of STS; a form, or a query string, as `curl` sends it."""
        if method == "POST":
            answer = send(emulator.endpoint, CALL.encode(), FORM)
        else:
            answer = send(f"{emulator.endpoint}/?{CALL}")

        assert answer.status == 200
        assert re.match("text/xml", answer.headers["Content-Type"])
        root = ElementTree.fromstring(answer.body)
        assert root.tag == f"{{{NAMESPACE}}}GetCallerIdentityResponse"
        result = {
            child.tag.removeprefix(f"{{{NAMESPACE}}}"): child.text
            for child in element(answer, "GetCallerIdentityResult")
        }
        assert result == root_identity(DEFAULT_ACCOUNT)
        request_id = element(answer, "ResponseMetadata", "RequestId").text
        assert request_id == answer.headers["x-amzn-requestid"]

    def test_a_refusal(self, emulator: Emulator) -> None:
        """400, with the sender to blame."""
        answer = send(emulator.endpoint, b"Action=AssumeRole&Version=2011-06-15", FORM)

        assert answer.status == 400
        assert re.match("text/xml", answer.headers["Content-Type"])
        assert ElementTree.fromstring(answer.body).tag == f"{{{NAMESPACE}}}ErrorResponse"
        assert element(answer, "Error", "Type").text == "Sender"
        assert element(answer, "Error", "Code").text == "InvalidAction"
        assert element(answer, "RequestId").text == answer.headers["x-amzn-requestid"]

    def test_no_action(self, emulator: Emulator) -> None:
        """MissingAction; its text is not known."""
        answer = send(emulator.endpoint, b"Version=2011-06-15", FORM)

        assert answer.status == 400
        assert element(answer, "Error", "Code").text == "MissingAction"

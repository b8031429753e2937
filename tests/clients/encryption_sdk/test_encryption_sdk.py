"""The AWS Encryption SDK with KMS keyrings: envelope encryption as applications do it.

The SDK checks a message's encryption context, and that a keyring has its key, before it asks KMS.
What KMS itself refuses it passes on with KMS's text, so the tests tell one from the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders
from aws_cryptographic_material_providers.mpl.errors import CollectionOfErrors, ComAmazonawsKms
from aws_cryptographic_material_providers.mpl.models import (
    CreateAwsKmsDiscoveryKeyringInput,
    CreateAwsKmsMrkKeyringInput,
    CreateDefaultCryptographicMaterialsManagerInput,
    CreateMultiKeyringInput,
    CreateRequiredEncryptionContextCMMInput,
    DiscoveryFilter,
)
from aws_cryptographic_material_providers.mpl.references import (
    ICryptographicMaterialsManager,
    IKeyring,
)
from aws_encryption_sdk import (
    AWSEncryptionSDKClientError,
    EncryptionSDKClient,
    StrictAwsKmsMasterKeyProvider,
)
from botocore.client import BaseClient

from conftest import SECRET_ACCESS_KEY, Connect, Keyring
from emulator import REGION, Emulator
from kms_facts import (
    INCORRECT_KEY,
    UNKNOWN_KEY,
    alias_arn,
    disabled,
    key_arn,
    key_missing,
    pending_deletion,
)

PLAINTEXT = "pässwörd 🔐".encode() * 1_000
"""More than one frame of a message."""

CONTEXT = {"app": "shop", "stage": "prod"}
NO_TEXT = ""
"""Fact 6.5: InvalidCiphertextException has none."""


def new_key(kms: BaseClient, **options: bool) -> str:
    """The ARN of a new key."""
    return kms.create_key(**options)["KeyMetadata"]["Arn"]


@pytest.fixture
def key(kms: BaseClient) -> str:
    """The ARN of a symmetric key."""
    return new_key(kms)


@pytest.fixture
def message(sdk: EncryptionSDKClient, keyring: Keyring, key: str) -> bytes:
    """The text, encrypted under the key with the context."""
    return encrypt(sdk, keyring(key))


def encrypt(sdk: EncryptionSDKClient, keyring: IKeyring) -> bytes:
    """The text, encrypted with the context."""
    message, _ = sdk.encrypt(source=PLAINTEXT, keyring=keyring, encryption_context=CONTEXT)
    assert PLAINTEXT[:32] not in message
    return message


def decrypt(sdk: EncryptionSDKClient, keyring: IKeyring, message: bytes) -> bytes:
    """The text of a message, of which the context must be as expected."""
    text, header = sdk.decrypt(source=message, keyring=keyring, encryption_context=CONTEXT)
    assert CONTEXT.items() <= header.encryption_context.items()
    return text


def keys_of(sdk: EncryptionSDKClient, keyring: IKeyring) -> set[str]:
    """The ARNs of the keys that a keyring encrypts under, as its messages have them."""
    _, header = sdk.encrypt(source=PLAINTEXT, keyring=keyring)
    return {key.key_provider.key_info.decode() for key in header.encrypted_data_keys}


@contextmanager
def kms_refuses(message: str) -> Iterator[None]:
    """The call inside fails, because KMS refuses with exactly this text."""
    with pytest.raises((AWSEncryptionSDKClientError, ComAmazonawsKms)) as caught:
        yield
    error = caught.value
    if isinstance(error, AWSEncryptionSDKClientError):
        [collected] = error.args
        assert isinstance(collected, CollectionOfErrors)
        [error] = collected.list
    assert isinstance(error, ComAmazonawsKms)
    assert str(error) == message


@contextmanager
def sdk_refuses(message: str) -> Iterator[None]:
    """The call inside fails in the SDK."""
    with pytest.raises(AWSEncryptionSDKClientError, match=message):
        yield


class TestKeyring:
    """One key."""

    def test_the_round_trip(self, sdk: EncryptionSDKClient, keyring: Keyring, key: str) -> None:
        """GenerateDataKey and Decrypt; another keyring of the same key opens the message."""
        message = encrypt(sdk, keyring(key))

        assert decrypt(sdk, keyring(key), message) == PLAINTEXT

    def test_every_message_has_a_data_key_of_its_own(
        self, sdk: EncryptionSDKClient, keyring: Keyring, key: str
    ) -> None:
        """Fact 6.1: a new one for every call."""
        ring = keyring(key)
        headers = [sdk.encrypt(source=b"x", keyring=ring)[1] for _ in range(3)]

        assert len({frozenset(header.encrypted_data_keys) for header in headers}) == 3

    @pytest.mark.parametrize("name", ["id", "alias", "alias ARN"])
    def test_other_names_of_the_key(
        self,
        sdk: EncryptionSDKClient,
        keyring: Keyring,
        kms: BaseClient,
        key: str,
        account: str,
        name: str,
    ) -> None:
        """Fact 6.5: the message has the key's ARN, whatever it was encrypted by."""
        kms.create_alias(AliasName="alias/app", TargetKeyId=key)
        names = {
            "id": key.rpartition("/")[2],
            "alias": "alias/app",
            "alias ARN": alias_arn(account, "alias/app"),
        }
        ring = keyring(names[name])

        assert keys_of(sdk, ring) == {key}
        assert decrypt(sdk, keyring(key), encrypt(sdk, ring)) == PLAINTEXT

    def test_after_rotation(
        self,
        sdk: EncryptionSDKClient,
        keyring: Keyring,
        kms: BaseClient,
        key: str,
        message: bytes,
    ) -> None:
        """Fact 6.5: old messages still open, and so do new ones."""
        kms.rotate_key_on_demand(KeyId=key)

        assert decrypt(sdk, keyring(key), message) == PLAINTEXT
        assert decrypt(sdk, keyring(key), encrypt(sdk, keyring(key))) == PLAINTEXT

    def test_a_key_of_another_account(
        self, sdk: EncryptionSDKClient, keyring: Keyring, connect: Connect, key: str
    ) -> None:
        """By its ARN; the owner opens what the stranger encrypted."""
        message = encrypt(sdk, keyring(key, connect()))

        assert decrypt(sdk, keyring(key), message) == PLAINTEXT
        assert decrypt(sdk, keyring(key, connect()), message) == PLAINTEXT


class TestContext:
    """The encryption context."""

    def test_another_context_than_expected(
        self, sdk: EncryptionSDKClient, keyring: Keyring, key: str, message: bytes
    ) -> None:
        """The SDK compares what it is told with what the message has."""
        with sdk_refuses("Encryption context does not match reproduced encryption context"):
            sdk.decrypt(source=message, keyring=keyring(key), encryption_context={"app": "bank"})

    def test_a_context_that_was_altered(
        self, sdk: EncryptionSDKClient, keyring: Keyring, key: str, message: bytes
    ) -> None:
        """Fact 6.5: KMS finds that the data key was not made with it."""
        assert message.count(b"shop") == 1
        with kms_refuses(NO_TEXT):
            sdk.decrypt(source=message.replace(b"shop", b"bank"), keyring=keyring(key))

    def test_a_context_that_the_message_does_not_have(
        self,
        sdk: EncryptionSDKClient,
        providers: AwsCryptographicMaterialProviders,
        keyring: Keyring,
        key: str,
    ) -> None:
        """A required context is left out of the message: only KMS can tell whether it is right."""

        def manager() -> ICryptographicMaterialsManager:
            return providers.create_required_encryption_context_cmm(
                CreateRequiredEncryptionContextCMMInput(
                    underlying_cmm=providers.create_default_cryptographic_materials_manager(
                        CreateDefaultCryptographicMaterialsManagerInput(keyring=keyring(key))
                    ),
                    required_encryption_context_keys=["app"],
                )
            )

        message, _ = sdk.encrypt(
            source=PLAINTEXT, materials_manager=manager(), encryption_context=CONTEXT
        )
        assert b"shop" not in message

        with kms_refuses(NO_TEXT):
            sdk.decrypt(
                source=message, materials_manager=manager(), encryption_context={"app": "bank"}
            )
        text, _ = sdk.decrypt(
            source=message, materials_manager=manager(), encryption_context={"app": "shop"}
        )
        assert text == PLAINTEXT


class TestRefusals:
    """Keys that do not work."""

    def test_a_disabled_key(
        self,
        sdk: EncryptionSDKClient,
        keyring: Keyring,
        kms: BaseClient,
        key: str,
        message: bytes,
    ) -> None:
        """Fact 6.5: neither way, until it is enabled again."""
        kms.disable_key(KeyId=key)
        with kms_refuses(disabled(key)):
            decrypt(sdk, keyring(key), message)
        with kms_refuses(disabled(key)):
            encrypt(sdk, keyring(key))

        kms.enable_key(KeyId=key)
        assert decrypt(sdk, keyring(key), message) == PLAINTEXT

    def test_a_key_that_goes(
        self,
        sdk: EncryptionSDKClient,
        keyring: Keyring,
        kms: BaseClient,
        key: str,
        message: bytes,
    ) -> None:
        """Fact 6.5: its deletion is pending."""
        kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
        with kms_refuses(pending_deletion(key)):
            decrypt(sdk, keyring(key), message)
        with kms_refuses(pending_deletion(key)):
            encrypt(sdk, keyring(key))

    def test_an_unknown_key(self, sdk: EncryptionSDKClient, keyring: Keyring, account: str) -> None:
        """Fact 6.5."""
        unknown = key_arn(account, UNKNOWN_KEY)
        with kms_refuses(key_missing(unknown)):
            encrypt(sdk, keyring(unknown))

    def test_the_keyring_of_another_key(
        self, sdk: EncryptionSDKClient, keyring: Keyring, kms: BaseClient, message: bytes
    ) -> None:
        """The message names its key, and the SDK does not even ask KMS."""
        with sdk_refuses("No Encrypted Data Keys found to match"):
            decrypt(sdk, keyring(new_key(kms)), message)

    def test_a_data_key_under_another_key_than_it_says(
        self, sdk: EncryptionSDKClient, keyring: Keyring, kms: BaseClient, key: str, message: bytes
    ) -> None:
        """Fact 6.5: a forged message names a key, and KMS knows that the data key is not its."""
        other = new_key(kms)
        forged = message.replace(key.encode(), other.encode(), 1)
        assert forged != message
        with kms_refuses(INCORRECT_KEY):
            decrypt(sdk, keyring(other), forged)

    def test_an_altered_data_key(
        self, sdk: EncryptionSDKClient, keyring: Keyring, key: str
    ) -> None:
        """Fact 6.5: InvalidCiphertextException."""
        message, header = sdk.encrypt(source=PLAINTEXT, keyring=keyring(key))
        [data_key] = header.encrypted_data_keys
        sealed = data_key.encrypted_data_key
        altered = message.replace(sealed, sealed[:-1] + bytes([sealed[-1] ^ 1]))
        assert altered != message
        with kms_refuses(NO_TEXT):
            sdk.decrypt(source=altered, keyring=keyring(key))


class TestSeveralKeys:
    """Keyrings of more than one key, and of whichever key it may be."""

    def test_either_key_opens_the_message(
        self,
        sdk: EncryptionSDKClient,
        providers: AwsCryptographicMaterialProviders,
        keyring: Keyring,
        connect: Connect,
        kms: BaseClient,
        key: str,
        account: str,
    ) -> None:
        """The second key is of another Region, and gets the data key by Encrypt."""
        elsewhere = connect(account, "eu-central-1")
        backup = new_key(elsewhere)
        both = providers.create_multi_keyring(
            CreateMultiKeyringInput(
                generator=keyring(key), child_keyrings=[keyring(backup, elsewhere)]
            )
        )
        assert keys_of(sdk, both) == {key, backup}
        message = encrypt(sdk, both)

        assert decrypt(sdk, keyring(key), message) == PLAINTEXT
        assert decrypt(sdk, keyring(backup, elsewhere), message) == PLAINTEXT
        kms.disable_key(KeyId=key)
        assert decrypt(sdk, both, message) == PLAINTEXT

    def test_discovery(
        self,
        sdk: EncryptionSDKClient,
        providers: AwsCryptographicMaterialProviders,
        kms: BaseClient,
        account: str,
        message: bytes,
    ) -> None:
        """Whichever key the message names, if it is the account's."""

        def discovery(wanted: str) -> IKeyring:
            return providers.create_aws_kms_discovery_keyring(
                CreateAwsKmsDiscoveryKeyringInput(
                    kms_client=kms,
                    discovery_filter=DiscoveryFilter(account_ids=[wanted], partition="aws"),
                )
            )

        assert decrypt(sdk, discovery(account), message) == PLAINTEXT
        with sdk_refuses("No Encrypted Data Keys found to match"):
            decrypt(sdk, discovery("123456789012"), message)

    def test_a_multi_region_key(
        self,
        sdk: EncryptionSDKClient,
        providers: AwsCryptographicMaterialProviders,
        kms: BaseClient,
    ) -> None:
        """Fact 6.5: `mrk-` in the ARN tells the keyring what it is."""
        key = new_key(kms, MultiRegion=True)
        ring = providers.create_aws_kms_mrk_keyring(
            CreateAwsKmsMrkKeyringInput(kms_key_id=key, kms_client=kms)
        )

        assert keys_of(sdk, ring) == {key}
        assert decrypt(sdk, ring, encrypt(sdk, ring)) == PLAINTEXT


class TestMasterKeyProvider:
    """The SDK's older interface, which makes its own clients from the environment."""

    @pytest.fixture
    def provider(
        self, monkeypatch: pytest.MonkeyPatch, emulator: Emulator, account: str, key: str
    ) -> StrictAwsKmsMasterKeyProvider:
        """AWS_ENDPOINT_URL_KMS leads it to the emulator."""
        monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", emulator.endpoint)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", account)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY)
        monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
        return StrictAwsKmsMasterKeyProvider(key_ids=[key])

    def test_the_round_trip(
        self, sdk: EncryptionSDKClient, provider: StrictAwsKmsMasterKeyProvider
    ) -> None:
        """The same two operations of KMS."""
        message, _ = sdk.encrypt(
            source=PLAINTEXT, key_provider=provider, encryption_context=CONTEXT
        )
        text, header = sdk.decrypt(source=message, key_provider=provider)

        assert text == PLAINTEXT
        assert CONTEXT.items() <= header.encryption_context.items()

    def test_it_opens_what_a_keyring_encrypted(
        self,
        sdk: EncryptionSDKClient,
        provider: StrictAwsKmsMasterKeyProvider,
        keyring: Keyring,
        key: str,
        message: bytes,
    ) -> None:
        """And the other way round: the message format is one."""
        assert sdk.decrypt(source=message, key_provider=provider)[0] == PLAINTEXT

        message, _ = sdk.encrypt(
            source=PLAINTEXT, key_provider=provider, encryption_context=CONTEXT
        )
        assert decrypt(sdk, keyring(key), message) == PLAINTEXT

    def test_a_disabled_key(
        self,
        sdk: EncryptionSDKClient,
        provider: StrictAwsKmsMasterKeyProvider,
        kms: BaseClient,
        key: str,
        message: bytes,
    ) -> None:
        """Fact 6.5: neither way."""
        kms.disable_key(KeyId=key)
        with sdk_refuses("unable to generate data key"):
            sdk.encrypt(source=PLAINTEXT, key_provider=provider)
        with pytest.raises(AWSEncryptionSDKClientError):
            sdk.decrypt(source=message, key_provider=provider)

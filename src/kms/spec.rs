//! Key specs, what keys of each may be used for, and the algorithms they then have (AWS KMS Developer Guide, "Key spec
//! reference").

/// What kind of key it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeySpec(&'static Row);

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum KeyUsage {
    EncryptDecrypt,
    SignVerify,
    GenerateVerifyMac,
    KeyAgreement,
    EncapsulateDecapsulate,
}

use KeyUsage::{
    EncapsulateDecapsulate, EncryptDecrypt, GenerateVerifyMac, KeyAgreement, SignVerify,
};

impl KeyUsage {
    const ALL: [Self; 5] = [
        EncryptDecrypt,
        SignVerify,
        GenerateVerifyMac,
        KeyAgreement,
        EncapsulateDecapsulate,
    ];

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            EncryptDecrypt => "ENCRYPT_DECRYPT",
            SignVerify => "SIGN_VERIFY",
            GenerateVerifyMac => "GENERATE_VERIFY_MAC",
            KeyAgreement => "KEY_AGREEMENT",
            EncapsulateDecapsulate => "ENCAPSULATE_DECAPSULATE",
        }
    }

    /// The usage of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|usage| usage.name() == name)
    }
}

/// A spec's name, and its algorithms for each usage it allows.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    name: &'static str,
    /// Is the name also one of the older member `CustomerMasterKeySpec`?
    in_old_enum: bool,
    usages: &'static [(KeyUsage, &'static [&'static str])],
}

const fn row(
    name: &'static str,
    in_old_enum: bool,
    usages: &'static [(KeyUsage, &'static [&'static str])],
) -> Row {
    Row {
        name,
        in_old_enum,
        usages,
    }
}

const RSA: &[(KeyUsage, &[&str])] = &[
    (EncryptDecrypt, &["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"]),
    (
        SignVerify,
        &[
            "RSASSA_PKCS1_V1_5_SHA_256",
            "RSASSA_PKCS1_V1_5_SHA_384",
            "RSASSA_PKCS1_V1_5_SHA_512",
            "RSASSA_PSS_SHA_256",
            "RSASSA_PSS_SHA_384",
            "RSASSA_PSS_SHA_512",
        ],
    ),
];
const ML_DSA: &[(KeyUsage, &[&str])] = &[(SignVerify, &["ML_DSA_SHAKE_256"])];
const ML_KEM: &[(KeyUsage, &[&str])] = &[(EncapsulateDecapsulate, &["ML_KEM"])];

static ROWS: [Row; 20] = [
    row(
        "SYMMETRIC_DEFAULT",
        true,
        &[(EncryptDecrypt, &["SYMMETRIC_DEFAULT"])],
    ),
    row("RSA_2048", true, RSA),
    row("RSA_3072", true, RSA),
    row("RSA_4096", true, RSA),
    row(
        "ECC_NIST_P256",
        true,
        &[(SignVerify, &["ECDSA_SHA_256"]), (KeyAgreement, &["ECDH"])],
    ),
    row(
        "ECC_NIST_P384",
        true,
        &[(SignVerify, &["ECDSA_SHA_384"]), (KeyAgreement, &["ECDH"])],
    ),
    row(
        "ECC_NIST_P521",
        true,
        &[(SignVerify, &["ECDSA_SHA_512"]), (KeyAgreement, &["ECDH"])],
    ),
    row("ECC_SECG_P256K1", true, &[(SignVerify, &["ECDSA_SHA_256"])]),
    row(
        "ECC_NIST_EDWARDS25519",
        false,
        &[(SignVerify, &["ED25519_SHA_512", "ED25519_PH_SHA_512"])],
    ),
    row("HMAC_224", true, &[(GenerateVerifyMac, &["HMAC_SHA_224"])]),
    row("HMAC_256", true, &[(GenerateVerifyMac, &["HMAC_SHA_256"])]),
    row("HMAC_384", true, &[(GenerateVerifyMac, &["HMAC_SHA_384"])]),
    row("HMAC_512", true, &[(GenerateVerifyMac, &["HMAC_SHA_512"])]),
    row(
        "SM2",
        true,
        &[
            (EncryptDecrypt, &["SM2PKE"]),
            (SignVerify, &["SM2DSA"]),
            (KeyAgreement, &["ECDH"]),
        ],
    ),
    row("ML_DSA_44", false, ML_DSA),
    row("ML_DSA_65", false, ML_DSA),
    row("ML_DSA_87", false, ML_DSA),
    row("ML_KEM_512", false, ML_KEM),
    row("ML_KEM_768", false, ML_KEM),
    row("ML_KEM_1024", false, ML_KEM),
];

impl KeySpec {
    /// The spec of the keys that encrypt here.
    pub const SYMMETRIC: Self = Self(&ROWS[0]);

    /// The spec of a name.
    pub fn parse(name: &str) -> Option<Self> {
        ROWS.iter().find(|row| row.name == name).map(Self)
    }

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// The name in the older member `CustomerMasterKeySpec`, which does not have all.
    pub fn old_name(self) -> Option<&'static str> {
        self.0.in_old_enum.then_some(self.0.name)
    }

    /// Does a key of this spec encrypt and decrypt within KMS?
    pub fn is_symmetric(self) -> bool {
        self == Self::SYMMETRIC
    }

    /// The usage that need not be named, where there is one.
    pub fn implied_usage(self) -> Option<KeyUsage> {
        self.is_symmetric().then_some(EncryptDecrypt)
    }

    /// The algorithms that a key of this spec has for a usage; `None` if it cannot have that usage.
    pub fn algorithms(self, usage: KeyUsage) -> Option<&'static [&'static str]> {
        let found = self.0.usages.iter().find(|(allowed, _)| *allowed == usage);
        found.map(|(_, algorithms)| *algorithms)
    }
}

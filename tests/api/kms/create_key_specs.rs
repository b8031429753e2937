//! `CreateKey`: key specs and the usages that fit them.

use serde_json::{Value, json};

use super::create_key::{assert_key_count, create};
use crate::support::Server;
use crate::support::service_model::KMS;

/// Every key spec with the usages that fit it.
const SPECS: [(&str, &[&str]); 20] = [
    ("SYMMETRIC_DEFAULT", &["ENCRYPT_DECRYPT"]),
    ("RSA_2048", &["ENCRYPT_DECRYPT", "SIGN_VERIFY"]),
    ("RSA_3072", &["ENCRYPT_DECRYPT", "SIGN_VERIFY"]),
    ("RSA_4096", &["ENCRYPT_DECRYPT", "SIGN_VERIFY"]),
    ("ECC_NIST_P256", &["SIGN_VERIFY", "KEY_AGREEMENT"]),
    ("ECC_NIST_P384", &["SIGN_VERIFY", "KEY_AGREEMENT"]),
    ("ECC_NIST_P521", &["SIGN_VERIFY", "KEY_AGREEMENT"]),
    ("ECC_SECG_P256K1", &["SIGN_VERIFY"]),
    ("ECC_NIST_EDWARDS25519", &["SIGN_VERIFY"]),
    ("ML_DSA_44", &["SIGN_VERIFY"]),
    ("ML_DSA_65", &["SIGN_VERIFY"]),
    ("ML_DSA_87", &["SIGN_VERIFY"]),
    ("HMAC_224", &["GENERATE_VERIFY_MAC"]),
    ("HMAC_256", &["GENERATE_VERIFY_MAC"]),
    ("HMAC_384", &["GENERATE_VERIFY_MAC"]),
    ("HMAC_512", &["GENERATE_VERIFY_MAC"]),
    ("SM2", &["ENCRYPT_DECRYPT", "SIGN_VERIFY", "KEY_AGREEMENT"]),
    ("ML_KEM_512", &["ENCAPSULATE_DECAPSULATE"]),
    ("ML_KEM_768", &["ENCAPSULATE_DECAPSULATE"]),
    ("ML_KEM_1024", &["ENCAPSULATE_DECAPSULATE"]),
];

/// Every usage with the list of algorithms that belongs to it, and the model's name for one of them.
const USAGES: [(&str, &str, &str); 5] = [
    (
        "ENCRYPT_DECRYPT",
        "EncryptionAlgorithms",
        "EncryptionAlgorithmSpec",
    ),
    ("SIGN_VERIFY", "SigningAlgorithms", "SigningAlgorithmSpec"),
    ("GENERATE_VERIFY_MAC", "MacAlgorithms", "MacAlgorithmSpec"),
    (
        "KEY_AGREEMENT",
        "KeyAgreementAlgorithms",
        "KeyAgreementAlgorithmSpec",
    ),
    (
        "ENCAPSULATE_DECAPSULATE",
        "EncapsulationAlgorithms",
        "EncapsulationAlgorithmSpec",
    ),
];

/// Does the model's enumeration have this value?
fn enumerates(shape: &str, value: &Value) -> bool {
    let shape = KMS.shape_of(&json!({"shape": shape}));
    let values = shape["enum"].as_array().expect("an enumeration");
    values.contains(value)
}

#[tokio::test]
async fn old_name_of_the_spec_still_works() {
    let server = Server::start().await;
    let request = json!({"CustomerMasterKeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"});
    assert_eq!(create(&server, request).await["KeySpec"], "RSA_2048");

    let request =
        json!({"CustomerMasterKeySpec": "SYMMETRIC_DEFAULT", "KeySpec": "SYMMETRIC_DEFAULT"});
    let answer = server.kms("CreateKey", request).await;
    answer.assert_code("ValidationException");
}

#[tokio::test]
async fn asymmetric_key_needs_a_usage() {
    let server = Server::start().await;
    for spec in ["RSA_2048", "RSA_4096", "ECC_NIST_P256", "ECC_SECG_P256K1"] {
        server.kms("CreateKey", json!({"KeySpec": spec})).await.assert_kms_error(
            "ValidationException",
            "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.",
        );
    }
    assert_key_count(&server, 0).await;
}

#[tokio::test]
async fn usage_must_fit_the_spec() {
    let server = Server::start().await;
    for (spec, fitting) in SPECS {
        for (usage, ..) in USAGES {
            if fitting.contains(&usage) {
                continue;
            }
            let request = json!({"KeySpec": spec, "KeyUsage": usage});
            server.kms("CreateKey", request).await.assert_kms_error(
                "ValidationException",
                &format!("KeyUsage {usage} is not compatible with KeySpec {spec}"),
            );
        }
    }
    assert_key_count(&server, 0).await;
}

#[tokio::test]
async fn key_shows_its_spec_its_usage_and_the_algorithms_that_fit() {
    let server = Server::start().await;
    for (spec, fitting) in SPECS {
        for fit in fitting {
            let request = json!({"KeySpec": spec, "KeyUsage": fit});
            let key = create(&server, request).await;
            assert_eq!(
                (&key["KeySpec"], &key["KeyUsage"]),
                (&json!(spec), &json!(fit))
            );
            for (usage, list, algorithm) in USAGES {
                let algorithms = key[list].as_array();
                assert_eq!(algorithms.is_some(), usage == *fit, "{list} of {key}");
                let fits = |one: &Value| enumerates(algorithm, one);
                assert!(
                    algorithms.is_none_or(|all| !all.is_empty() && all.iter().all(fits)),
                    "{key}"
                );
            }
            let old = enumerates("CustomerMasterKeySpec", &json!(spec));
            assert_eq!(key.get("CustomerMasterKeySpec").is_some(), old, "{key}");
            let material = key.get("CurrentKeyMaterialId");
            assert_eq!(material.is_some(), spec == "SYMMETRIC_DEFAULT", "{key}");
        }
    }
}

#[tokio::test]
async fn only_one_algorithm_fits_macs_and_agreements() {
    let server = Server::start().await;
    for (spec, usage, list, algorithm) in [
        (
            "HMAC_224",
            "GENERATE_VERIFY_MAC",
            "MacAlgorithms",
            "HMAC_SHA_224",
        ),
        (
            "HMAC_512",
            "GENERATE_VERIFY_MAC",
            "MacAlgorithms",
            "HMAC_SHA_512",
        ),
        (
            "ECC_NIST_P384",
            "KEY_AGREEMENT",
            "KeyAgreementAlgorithms",
            "ECDH",
        ),
    ] {
        let key = create(&server, json!({"KeySpec": spec, "KeyUsage": usage})).await;
        assert_eq!(key[list], json!([algorithm]));
    }
}

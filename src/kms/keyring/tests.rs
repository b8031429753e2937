use chrono::TimeDelta;

use super::*;
use crate::kms::{KeyState, MaterialId, RotationType};
use crate::secret::id::{AccountId, Region};

fn scope(account: &str, region: &str) -> Scope {
    Scope {
        account: AccountId::parse(account).unwrap(),
        region: Region::parse(region).unwrap(),
    }
}

fn home() -> Scope {
    scope("000000000001", "us-east-1")
}

fn now() -> DateTime<Utc> {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

fn after(days: i64) -> DateTime<Utc> {
    now() + TimeDelta::days(days)
}

fn ring() -> KeyRing {
    KeyRing::new(&Entropy::seeded(1), Arc::default())
}

fn created(ring: &KeyRing) -> Arc<Key> {
    let new = NewKey {
        scope: home(),
        manager: KeyManager::Customer,
        multi_region: false,
        spec: KeySpec::SYMMETRIC,
        usage: KeyUsage::EncryptDecrypt,
        description: "".into(),
        policy: None,
        tags: KeyTags::default(),
    };
    ring.create(new, now())
}

fn context(arn: &str) -> EncryptionContext {
    EncryptionContext::new([("SecretARN", arn)])
}

#[test]
fn each_account_and_region_has_a_default_key_of_its_own() {
    let ring = ring();
    let key = ring.default_key(&home(), now()).id;
    assert_eq!(ring.default_key(&home(), now()).id, key);
    for other in [
        scope("000000000002", "us-east-1"),
        scope("000000000001", "eu-west-1"),
    ] {
        assert_ne!(ring.default_key(&other, now()).id, key);
    }
}

#[test]
fn a_data_key_opens_only_unaltered_and_under_its_context() {
    let ring = ring();
    let generated = ring.generate_data_key(&home(), None, &context("a"), now());
    let data_key = generated.unwrap();
    let decrypt = |bytes: &[u8], arn| KeyService::decrypt(&ring, bytes, &context(arn), now());
    assert!(decrypt(&data_key.encrypted, "a").unwrap() == data_key.plaintext);
    let wrong = decrypt(&data_key.encrypted, "b");
    assert_eq!(wrong.unwrap_err(), Error::InvalidCiphertext);
    for at in 0..data_key.encrypted.len() {
        let mut altered = data_key.encrypted.clone();
        altered[at] ^= 1;
        assert!(decrypt(&altered, "a").is_err(), "byte {at}");
        assert!(decrypt(&data_key.encrypted[..at], "a").is_err(), "{at}");
    }
}

#[test]
fn a_ciphertext_is_of_no_use_to_another_ring() {
    let (ring, other) = (ring(), KeyRing::new(&Entropy::seeded(2), Arc::default()));
    let generated = ring.generate_data_key(&home(), None, &context("a"), now());
    let stolen = KeyService::decrypt(&other, &generated.unwrap().encrypted, &context("a"), now());
    assert_eq!(stolen.unwrap_err(), Error::InvalidCiphertext);
}

#[test]
fn a_key_and_its_aliases_are_gone_when_the_waiting_period_ends() {
    let ring = ring();
    let key = created(&ring);
    ring.create_alias("alias/mine", &key, now()).unwrap();
    let schedule = |key: &mut Key, _: &Entropy| key.schedule_deletion(7, now());
    ring.update(&key, now(), schedule).unwrap();
    let last = after(7) - TimeDelta::milliseconds(1);
    assert!(ring.find(&home(), "alias/mine", last).is_ok());
    let gone = ring.find(&home(), "alias/mine", after(7));
    assert!(matches!(gone, Err(Error::AliasNotFound(_))));
    let gone = ring.find_own(&home(), &key.id.to_string(), after(7));
    assert!(matches!(gone, Err(Error::KeyNotFound(_))));
    assert_eq!(ring.keys(&home(), None, 9, after(7)), []);
    assert_eq!(ring.aliases(&home(), None, None, 9, after(7)).len(), 0);
}

fn rotations(key: &Key) -> Vec<Option<(DateTime<Utc>, RotationType)>> {
    key.materials().iter().map(|made| made.rotation).collect()
}

#[test]
fn rotations_are_made_each_at_its_time_however_late_they_are_looked_at() {
    let ring = ring();
    let key = created(&ring);
    let enable = |key: &mut Key, _: &Entropy| key.enable_rotation(100, now());
    ring.update(&key, now(), enable).unwrap();
    let on_demand = |key: &mut Key, entropy: &Entropy| key.rotate_on_demand(entropy, after(150));
    ring.update(&key, after(150), on_demand).unwrap();
    let id = key.id.to_string();
    let key = ring.find_own(&home(), &id, after(250)).unwrap();
    assert_eq!(
        rotations(&key),
        [
            None,
            Some((after(100), RotationType::Automatic)),
            Some((after(150), RotationType::OnDemand)),
            Some((after(200), RotationType::Automatic)),
        ]
    );
    assert_eq!(key.rotation().unwrap().next, after(300));
}

#[test]
fn a_disabled_key_makes_up_for_missed_rotations_with_one() {
    let ring = ring();
    let key = created(&ring);
    let enable = |key: &mut Key, _: &Entropy| key.enable_rotation(100, now());
    ring.update(&key, now(), enable).unwrap();
    ring.update(&key, now(), |key, _| key.disable()).unwrap();
    let id = key.id.to_string();
    let idle = ring.find_own(&home(), &id, after(250)).unwrap();
    assert_eq!(rotations(&idle), [None]);
    let enable = |key: &mut Key, _: &Entropy| key.enable(after(250));
    let key = ring.update(&key, after(250), enable).unwrap();
    let made_up = Some((after(250), RotationType::Automatic));
    assert_eq!(rotations(&key), [None, made_up]);
    assert_eq!(key.rotation().unwrap().next, after(350));
}

#[test]
fn what_was_encrypted_before_a_rotation_opens_after_it_with_its_own_material() {
    let ring = ring();
    let key = created(&ring);
    let old = ring.encrypt(&key, &context("a"), b"hunter2").unwrap();
    let rotate = |key: &mut Key, entropy: &Entropy| key.rotate_on_demand(entropy, now());
    let key = ring.update(&key, now(), rotate).unwrap();
    let new = ring.encrypt(&key, &context("a"), b"hunter2").unwrap();
    let open = |bytes: &[u8]| -> MaterialId {
        let opened = ring.decrypt(key.clone(), bytes, &context("a")).unwrap();
        assert!(opened.plaintext.expose() == b"hunter2");
        opened.material
    };
    assert_eq!(open(&old), key.materials()[0].id);
    assert_eq!(open(&new), key.materials()[1].id);
}

#[test]
fn a_refused_transition_changes_nothing() {
    let ring = ring();
    let key = created(&ring);
    let refused = ring.update(&key, now(), |key, _| {
        key.disable()?;
        key.cancel_deletion()
    });
    assert!(matches!(refused, Err(Error::NotPendingDeletion(_))));
    let key = ring.find_own(&home(), &key.id.to_string(), now()).unwrap();
    assert_eq!(key.state(), KeyState::Enabled);
}

use super::*;
use crate::secret::tests::{empty, put, shown, start, value};

fn settings() -> RotationSettings {
    RotationSettings {
        function: Some("arn:aws:lambda:us-east-1:000000000000:function:f".into()),
        ..RotationSettings::default()
    }
}

fn id(text: &str) -> VersionId {
    VersionId::new(text)
}

fn minutes(minutes: i64) -> DateTime<Utc> {
    start() + TimeDelta::minutes(minutes)
}

fn rotated(secret: &mut Secret, token: &str) -> Result<Rotated, Error> {
    secret.rotate(&settings(), &id(token), Purpose::Called, None, start())
}

/// A secret with a value, whose rotation has just begun.
fn begun() -> Secret {
    let mut secret = empty();
    put(&mut secret, "v1", &[]).unwrap();
    assert_eq!(rotated(&mut secret, "n"), Ok(Rotated::Begun { removed: 0 }));
    secret
}

fn step(secret: &mut Secret, step: Step, succeeded: bool, now: DateTime<Utc>) -> Progress {
    secret.record_step(&id("n"), step, succeeded, now)
}

/// Fact 4.2: T15: RotateSecret now
#[test]
fn a_rotation_begins_with_a_placeholder_and_leaves_the_other_labels() {
    let secret = begun();
    assert_eq!(shown(&secret), "v1{AWSCURRENT} n{AWSPENDING}");
    assert!(secret.version(&id("n")).unwrap().value.is_none());
    assert_eq!(secret.next_rotation_work(), Some(start()));
}

#[test]
fn the_steps_follow_each_other_and_success_needs_awscurrent() {
    for moves in [true, false] {
        let mut secret = begun();
        for done in [Step::CreateSecret, Step::SetSecret, Step::TestSecret] {
            assert_eq!(step(&mut secret, done, true, start()), Progress::Step);
        }
        put(&mut secret, "n", &["AWSPENDING"]).unwrap();
        if moves {
            let (from, to) = (id("v1"), id("n"));
            let label = StagingLabel::AWSCURRENT;
            let moved = secret.move_label(&label, Some(&from), Some(&to), start());
            moved.unwrap();
        }
        let progress = step(&mut secret, Step::FinishSecret, true, start());
        let rotation = secret.rotation().unwrap();
        if moves {
            assert_eq!(progress, Progress::Succeeded);
            assert_eq!(rotation.last_rotated, Some(start()));
            assert_eq!(shown(&secret), "v1{AWSPREVIOUS} n{AWSCURRENT,AWSPENDING}");
        } else {
            assert_eq!(progress, Progress::Retry(minutes(1)));
            assert_eq!(rotation.last_rotated, None);
        }
    }
}

#[test]
fn a_failed_attempt_begins_again_some_times_ever_later_and_is_then_given_up() {
    let mut secret = begun();
    assert_eq!(
        step(&mut secret, Step::CreateSecret, true, start()),
        Progress::Step
    );
    let mut now = start();
    let mut failed = Step::SetSecret;
    for wait in [1, 2, 4, 8, 16] {
        let due = now + TimeDelta::minutes(wait);
        let progress = step(&mut secret, failed, false, now);
        assert_eq!(progress, Progress::Retry(due));
        assert_eq!(secret.next_rotation_work(), Some(due));
        (now, failed) = (due, Step::CreateSecret);
    }
    assert_eq!(step(&mut secret, failed, false, now), Progress::GivenUp);
    assert_eq!(secret.next_rotation_work(), None);
    assert_eq!(shown(&secret), "v1{AWSCURRENT} n{AWSPENDING}");
}

/// Fact 5.5: AWSPENDING sits on a version other than
#[test]
fn an_incomplete_rotation_is_tried_again_in_place_of_a_new_one() {
    let mut secret = begun();
    step(&mut secret, Step::CreateSecret, false, start());
    assert_eq!(rotated(&mut secret, "m"), Ok(Rotated::Reattempted));
    assert_eq!(shown(&secret), "v1{AWSCURRENT} n{AWSPENDING}");
    let attempt = secret.rotation().unwrap().attempt().unwrap();
    assert_eq!((&attempt.token, attempt.tries), (&id("n"), 1));
    assert_eq!(secret.next_rotation_work(), Some(start()));
}

/// Fact 4.2: T5: T3 when another version holds AWSPENDING
#[test]
fn a_value_that_is_put_abandons_the_rotation() {
    let mut secret = begun();
    put(&mut secret, "v2", &[]).unwrap();
    assert_eq!(shown(&secret), "v1{AWSPREVIOUS} v2{AWSCURRENT}");
    let late = step(&mut secret, Step::CreateSecret, true, start());
    assert_eq!(late, Progress::Gone);
    assert_eq!(rotated(&mut secret, "m"), Ok(Rotated::Begun { removed: 0 }));
}

/// Fact 4.2: T16: RotateSecret `RotateImmediately=false`
#[test]
fn a_test_has_a_copy_of_the_value_and_leaves_nothing_behind() {
    for succeeded in [true, false] {
        let mut secret = empty();
        put(&mut secret, "v1", &[]).unwrap();
        let begun = secret.rotate(
            &settings(),
            &id("n"),
            Purpose::Test,
            Some(value(1)),
            start(),
        );
        assert_eq!(begun, Ok(Rotated::Begun { removed: 0 }));
        assert_eq!(shown(&secret), "v1{AWSCURRENT} n{AWSPENDING}");
        let progress = step(&mut secret, Step::TestSecret, succeeded, start());
        let expected = if succeeded {
            Progress::Succeeded
        } else {
            Progress::GivenUp
        };
        assert_eq!(progress, expected);
        assert_eq!(shown(&secret), "v1{AWSCURRENT}");
        assert!(secret.rotation().unwrap().enabled);
    }
}

/// Fact 5.6: `RotationEnabled` → false; `RotationRules`, `RotationLambdaARN` stay
#[test]
fn turning_rotation_off_stops_the_attempt_and_keeps_labels_and_function() {
    let mut secret = begun();
    secret.cancel_rotation(start()).unwrap();
    assert_eq!(shown(&secret), "v1{AWSCURRENT} n{AWSPENDING}");
    assert_eq!(secret.next_rotation_work(), None);
    assert!(secret.rotation().unwrap().function.is_some());
    let late = step(&mut secret, Step::CreateSecret, true, start());
    assert_eq!(late, Progress::Gone);
}

#[test]
fn a_repeated_call_changes_nothing_and_another_versions_token_is_refused() {
    let mut secret = begun();
    let before = secret.clone();
    assert_eq!(rotated(&mut secret, "n"), Ok(Rotated::Begun { removed: 0 }));
    assert_eq!(secret, before);
    let mut idle = empty();
    put(&mut idle, "v1", &[]).unwrap();
    let taken = rotated(&mut idle, "v1");
    assert!(matches!(taken, Err(Error::RotationTokenTaken { .. })));
}

#[test]
fn a_secret_that_is_scheduled_for_deletion_rests() {
    let mut secret = begun();
    let window = crate::secret::deletion::RecoveryWindow::default();
    secret.schedule_deletion(window, start()).unwrap();
    assert_eq!(secret.next_rotation_work(), None);
    secret.restore(start()).unwrap();
    assert_eq!(secret.next_rotation_work(), Some(start()));
}

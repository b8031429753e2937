//! The recorded events over HTTP: `/_secretstack/events`.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

use std::time::{Duration, Instant};

use secretstack::Emulator;

#[tokio::test]
async fn an_emulator_begins_without_events() {
    let emulator = Emulator::builder().start().await.unwrap();
    let url = format!("{}/_secretstack/events", emulator.endpoint());
    let answer = reqwest::get(url).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "application/x-ndjson");
    assert_eq!(answer.text().await.unwrap(), "");
}

/// Otherwise it would wait for the follower until it loses patience.
#[tokio::test]
async fn an_emulator_that_stops_ends_its_followers() {
    let emulator = Emulator::builder().start().await.unwrap();
    let url = format!("{}/_secretstack/events?follow", emulator.endpoint());
    let answer = reqwest::get(url).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let stopping = Instant::now();
    emulator.stop().await;
    assert!(stopping.elapsed() < Duration::from_secs(4));
    assert_eq!(answer.text().await.unwrap(), "");
}

#[tokio::test]
async fn a_secret_is_rotated_by_hand() -> Result<(), Box<dyn std::error::Error>> {
    let emulator = secretstack::Emulator::builder().start().await?;
    let config = aws_config::from_env()
        .endpoint_url(emulator.endpoint())
        .region("eu-central-1")
        .test_credentials();
    let client = aws_sdk_secretsmanager::Client::new(&config.load().await);
    client.create_secret().name("db").secret_string("old").send().await?;
    client.put_secret_value().secret_id("db").secret_string("new").send().await?;
    let got = client.get_secret_value().secret_id("db").version_stage("AWSPREVIOUS").send().await?;
    assert_eq!(got.secret_string(), Some("old"));
    Ok(())
}

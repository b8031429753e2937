#[tokio::test]
async fn a_deleted_secret_is_gone_after_its_week() -> Result<(), Box<dyn std::error::Error>> {
    let emulator = secretstack::Emulator::builder().seed("name: db\nvalue: hunter2").start().await?;
    let config = aws_config::from_env().endpoint_url(emulator.endpoint()).test_credentials().region("us-east-1");
    let client = aws_sdk_secretsmanager::Client::new(&config.load().await);
    client.delete_secret().secret_id("db").recovery_window_in_days(7).send().await?;
    let done = emulator.advance(chrono::TimeDelta::days(7)).await?;
    assert_eq!(done[0].event, "SecretDeleted");
    Ok(())
}

//! How the processes of functions end with the emulator.

use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};

use crate::process::Running;

/// A running process and its child, each holding a connection that closes when it dies.
struct Family {
    running: Running,
    parent: TcpStream,
    child: TcpStream,
}

impl Family {
    /// `habit` is what the process is told before it has a child.
    async fn with(habit: &str) -> Self {
        let running = Running::worker().await;
        running.does(json!({"do": habit})).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (told, first, second) = tokio::join!(
            running.does(json!({"do": "hold", "port": port})),
            introduced(&listener),
            introduced(&listener),
        );
        told.unwrap();
        let (parent, child) = if first.0 == "parent" {
            (first.1, second.1)
        } else {
            (second.1, first.1)
        };
        Self {
            running,
            parent,
            child,
        }
    }
}

/// A connection and who it is from.
async fn introduced(listener: &TcpListener) -> (String, TcpStream) {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut name = vec![0; 6];
    let length = stream.read(&mut name).await.unwrap();
    name.truncate(length);
    (String::from_utf8(name).unwrap(), stream)
}

/// What a process says before it dies.
async fn last_words(mut connection: TcpStream) -> String {
    let mut words = String::new();
    connection.read_to_string(&mut words).await.unwrap();
    words
}

#[tokio::test]
async fn stopping_asks_a_process_and_its_children_to_end() {
    let family = Family::with("say goodbye").await;
    family.running.processes.stop().await;
    assert_eq!(last_words(family.parent).await, "asked to end");
    last_words(family.child).await;
}

#[tokio::test]
async fn dropping_asks_a_process_and_its_children_to_end() {
    let family = Family::with("say goodbye").await;
    drop(family.running.processes);
    assert_eq!(last_words(family.parent).await, "asked to end");
    last_words(family.child).await;
}

#[tokio::test]
async fn whoever_does_not_end_when_asked_is_killed() {
    let family = Family::with("stay").await;
    family.running.processes.stop().await;
    assert_eq!(last_words(family.parent).await, "");
    assert_eq!(last_words(family.child).await, "");
}

#[tokio::test]
async fn the_children_of_a_process_that_exits_are_killed() {
    let family = Family::with("nothing").await;
    family
        .running
        .does(json!({"do": "exit", "code": 1}))
        .await
        .unwrap_err();
    assert_eq!(last_words(family.child).await, "");
    assert_eq!(last_words(family.parent).await, "");
}

#[test]
fn processes_end_at_once_when_the_runtime_does() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let family = runtime.block_on(Family::with("stay"));
    let connections = [family.parent, family.child].map(|stream| stream.into_std().unwrap());
    drop(runtime);
    for mut connection in connections {
        connection.set_nonblocking(false).unwrap();
        let mut words = String::new();
        std::io::Read::read_to_string(&mut connection, &mut words).unwrap();
        assert_eq!(words, "");
    }
    drop(family.running);
}

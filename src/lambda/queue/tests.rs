use std::pin::Pin;
use std::task::Poll;

use super::*;

fn invocation(id: u128) -> Invocation {
    Invocation {
        id: Uuid::from_u128(id),
        function_arn: "rotate".into(),
        event: Bytes::from_static(b"{}"),
        deadline_ms: 0,
    }
}

/// Makes an invocation and lets it begin to wait.
async fn perform(
    queue: &Arc<Queue>,
    id: u128,
) -> tokio::task::JoinHandle<Result<(), FunctionError>> {
    let queue = queue.clone();
    let task = tokio::spawn(async move { queue.perform(invocation(id)).await });
    settle().await;
    task
}

/// A worker that asks for an invocation.
async fn worker(queue: &Arc<Queue>) -> tokio::task::JoinHandle<Delivery> {
    let task = tokio::spawn(queue.clone().next());
    settle().await;
    task
}

/// Lets every task run until it waits.
async fn settle() {
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
}

fn id_of(delivery: &Delivery) -> u128 {
    delivery.invocation().id.as_u128()
}

#[tokio::test]
async fn invocations_are_handed_out_in_their_order() {
    let queue = Arc::new(Queue::default());
    let _first = perform(&queue, 1).await;
    let _second = perform(&queue, 2).await;
    let mut delivery = queue.clone().next().await;
    delivery.sent();
    assert_eq!(id_of(&delivery), 1);
    assert_eq!(id_of(&queue.clone().next().await), 2);
}

#[tokio::test]
async fn workers_that_wait_together_all_get_one() {
    let queue = Arc::new(Queue::default());
    let workers = [worker(&queue).await, worker(&queue).await];
    let _invocations = tokio::join!(perform(&queue, 1), perform(&queue, 2));
    let mut ids = Vec::new();
    for worker in workers {
        let mut delivery = worker.await.unwrap();
        delivery.sent();
        ids.push(id_of(&delivery));
    }
    ids.sort_unstable();
    assert_eq!(ids, [1, 2]);
}

#[tokio::test]
async fn a_worker_that_hangs_up_as_it_is_woken_leaves_the_invocation_to_another() {
    let queue = Arc::new(Queue::default());
    let mut hangs_up = Box::pin(queue.clone().next());
    // It waits for an arrival, and is told of one without taking it.
    for _ in 0..2 {
        assert!(poll_once(hangs_up.as_mut()).await.is_none());
    }
    let other = worker(&queue).await;
    let _invocation = perform(&queue, 1).await;
    assert!(poll_once(hangs_up.as_mut()).await.is_none());
    drop(hangs_up);
    assert_eq!(id_of(&other.await.unwrap()), 1);
}

/// Polls a future once.
async fn poll_once<F: Future + Unpin>(mut future: F) -> Option<F::Output> {
    std::future::poll_fn(|context| {
        Poll::Ready(match Pin::new(&mut future).poll(context) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        })
    })
    .await
}

#[tokio::test]
async fn what_could_not_be_delivered_goes_back_to_its_place() {
    let queue = Arc::new(Queue::default());
    let _first = perform(&queue, 1).await;
    let _second = perform(&queue, 2).await;
    drop(queue.clone().next().await);
    assert_eq!(id_of(&queue.clone().next().await), 1);
}

#[tokio::test]
async fn an_invocation_ends_once_with_the_answer_it_is_given() {
    let queue = Arc::new(Queue::default());
    let invocation = perform(&queue, 1).await;
    let id = Uuid::from_u128(1);
    assert!(!queue.finish(id, Ok(())), "nobody works on it yet");
    queue.clone().next().await.sent();
    let error = FunctionError::new("ValueError", "no");
    assert!(queue.finish(id, Err(error.clone())));
    assert!(!queue.finish(id, Ok(())));
    assert_eq!(invocation.await.unwrap(), Err(error));
}

#[tokio::test]
async fn an_invocation_that_is_given_up_is_neither_handed_out_nor_answered() {
    let queue = Arc::new(Queue::default());
    let waiting = perform(&queue, 1).await;
    waiting.abort();
    settle().await;
    let working = perform(&queue, 2).await;
    let mut delivery = queue.clone().next().await;
    assert_eq!(id_of(&delivery), 2);
    delivery.sent();
    working.abort();
    settle().await;
    assert!(!queue.finish(Uuid::from_u128(2), Ok(())));
}

#[tokio::test]
async fn a_failed_start_fails_what_waits() {
    let queue = Arc::new(Queue::default());
    let (first, second) = (perform(&queue, 1).await, perform(&queue, 2).await);
    let error = FunctionError::new("Runtime.ImportModuleError", "no module");
    queue.failed_to_start(error.clone());
    assert_eq!(first.await.unwrap(), Err(error.clone()));
    assert_eq!(second.await.unwrap(), Err(error));
    assert!(!perform(&queue, 3).await.is_finished());
}

#[tokio::test]
async fn a_failed_start_is_told_to_the_next_invocation_only() {
    let queue = Arc::new(Queue::default());
    let error = FunctionError::new("Runtime.ImportModuleError", "no module");
    queue.failed_to_start(error.clone());
    assert_eq!(perform(&queue, 1).await.await.unwrap(), Err(error));
    assert!(!perform(&queue, 2).await.is_finished());
}

#[tokio::test]
async fn a_failed_start_does_not_matter_while_there_is_a_worker() {
    let error = FunctionError::new("Runtime.ImportModuleError", "no module");

    let polling = Arc::new(Queue::default());
    let worker = worker(&polling).await;
    polling.failed_to_start(error.clone());
    let _invocation = perform(&polling, 1).await;
    assert_eq!(id_of(&worker.await.unwrap()), 1);

    let working = Arc::new(Queue::default());
    let _invocation = perform(&working, 1).await;
    working.clone().next().await.sent();
    let waiting = perform(&working, 2).await;
    working.failed_to_start(error.clone());
    assert!(!waiting.is_finished());

    let fixed = Arc::new(Queue::default());
    fixed.failed_to_start(error);
    let _delivery = self::worker(&fixed).await;
    assert!(!perform(&fixed, 1).await.is_finished());
}

#[tokio::test]
async fn a_process_that_ends_fails_its_work_and_leaves_the_rest_to_the_next() {
    let queue = Arc::new(Queue::default());
    let error = |id: Uuid| FunctionError::new("Runtime.ExitError", &id.to_string());
    let at_start = queue.process_starts();
    let (working, waiting) = (perform(&queue, 1).await, perform(&queue, 2).await);
    queue.clone().next().await.sent();
    queue.process_ended(at_start, error);
    assert_eq!(working.await.unwrap(), Err(error(Uuid::from_u128(1))));
    assert!(!waiting.is_finished());

    queue.process_ended(queue.process_starts(), error);
    assert_eq!(waiting.await.unwrap(), Err(error(Uuid::from_u128(2))));
}

/// The next process may do better: a module was mended, a database has come up.
#[tokio::test]
async fn a_failed_start_is_forgotten_when_a_process_is_started() {
    let queue = Arc::new(Queue::default());
    let failed = || FunctionError::new("Runtime.ImportModuleError", "no module");
    queue.failed_to_start(failed());
    let at_start = queue.process_starts();
    let told = perform(&queue, 1).await;
    assert!(!told.is_finished());
    queue.failed_to_start(failed());
    assert_eq!(told.await.unwrap(), Err(failed()));
    // This one comes while the process that could not start is still about to end.
    let waiting = perform(&queue, 2).await;
    queue.process_ended(at_start, |_| failed());
    assert!(!waiting.is_finished());
}

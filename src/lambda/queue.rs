//! The invocations of one function that its workers fetch: those that wait, and those that are worked on.
//!
//! An invocation is in one of the two places from the moment it is made until it is answered or whoever made it gives up. A
//! worker that goes away before it has got its invocation puts it back.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use tokio::sync::{Notify, oneshot};
use uuid::Uuid;

use super::error::FunctionError;

/// One call of a function.
#[derive(Clone)]
pub(super) struct Invocation {
    /// The request id.
    pub(super) id: Uuid,
    /// The function's ARN as the caller gave it.
    pub(super) function_arn: Arc<str>,
    /// What the function gets.
    pub(super) event: Bytes,
    /// When the caller gives up, in milliseconds since the epoch.
    pub(super) deadline_ms: u128,
}

/// The invocations of one function.
#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    /// Told when an invocation begins to wait.
    arrivals: Notify,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Pending>,
    working: HashMap<Uuid, Pending>,
    /// How many workers ask for an invocation at the moment.
    polling: usize,
    /// How often one asked.
    polls: u64,
    /// Why the last worker could not start, until an invocation was told so or a worker could.
    failed_start: Option<FunctionError>,
    /// Has the process that was started last said itself that it could not start?
    start_failure_told: bool,
}

/// An invocation that is not answered yet.
struct Pending {
    invocation: Invocation,
    answer: oneshot::Sender<Result<(), FunctionError>>,
}

impl Queue {
    /// Waits until a worker has performed the invocation. Dropping the future withdraws it.
    pub(super) async fn perform(&self, invocation: Invocation) -> Result<(), FunctionError> {
        let id = invocation.id;
        let (answer, answered) = oneshot::channel();
        {
            let mut state = self.state();
            if let Some(error) = state.failed_start.take() {
                return Err(error);
            }
            state.waiting.push_back(Pending { invocation, answer });
        }
        let _withdrawn_at_the_end = Withdrawal { queue: self, id };
        self.arrivals.notify_one();
        match answered.await {
            Ok(result) => result,
            // Only the withdrawal drops the sender unused, and it comes after this.
            Err(_) => std::future::pending().await,
        }
    }

    /// The next invocation for a worker, as soon as there is one.
    pub(super) async fn next(self: Arc<Self>) -> Delivery {
        let _polling = Polling::begin(&self);
        loop {
            let arrival = self.arrivals.notified();
            // The runtime looks at all connections before it comes back here. If the worker has hung up this future is
            // dropped, and the invocation is left to another one.
            tokio::task::yield_now().await;
            let handed_out = self.state().hand_out();
            if let Some(invocation) = handed_out {
                return Delivery {
                    queue: self.clone(),
                    invocation,
                    is_on_its_way: false,
                };
            }
            arrival.await;
        }
    }

    /// Ends an invocation that is worked on. False if there is none of this id.
    pub(super) fn finish(&self, id: Uuid, result: Result<(), FunctionError>) -> bool {
        let pending = self.state().working.remove(&id);
        let is_known = pending.is_some();
        if let Some(pending) = pending {
            pending.answer(result);
        }
        is_known
    }

    /// A worker could not start. Unless another one is there, the invocations that wait fail of it; if none waits, the next one
    /// does (AWS Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes", initialization error).
    pub(super) fn failed_to_start(&self, error: FunctionError) {
        let mut state = self.state();
        state.start_failure_told = true;
        if !state.has_workers() && !state.fail_waiting(&error) {
            state.failed_start = Some(error);
        }
    }

    /// The function's process is about to be started, so what kept an earlier one from starting no longer counts. Returns how
    /// often workers have asked for an invocation so far.
    pub(super) fn process_starts(&self) -> u64 {
        let mut state = self.state();
        state.failed_start = None;
        state.start_failure_told = false;
        state.polls
    }

    /// The function's process has ended. What was worked on fails; what waits does so too if the process could not start and has
    /// not said so: if it asked for nothing since [`process_starts`](Self::process_starts) gave `polls_at_start`.
    pub(super) fn process_ended(&self, polls_at_start: u64, error: impl Fn(Uuid) -> FunctionError) {
        let mut state = self.state();
        for (id, pending) in std::mem::take(&mut state.working) {
            pending.answer(Err(error(id)));
        }
        let has_asked = state.polls != polls_at_start || state.has_workers();
        if !has_asked && !state.start_failure_told {
            for pending in std::mem::take(&mut state.waiting) {
                let id = pending.invocation.id;
                pending.answer(Err(error(id)));
            }
        }
    }

    fn give_back(&self, id: Uuid) {
        let mut state = self.state();
        if let Some(pending) = state.working.remove(&id) {
            state.waiting.push_front(pending);
            self.arrivals.notify_one();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn hand_out(&mut self) -> Option<Invocation> {
        let pending = self.waiting.pop_front()?;
        let invocation = pending.invocation.clone();
        self.working.insert(invocation.id, pending);
        Some(invocation)
    }

    fn has_workers(&self) -> bool {
        self.polling > 0 || !self.working.is_empty()
    }

    /// False if none waits.
    fn fail_waiting(&mut self, error: &FunctionError) -> bool {
        let waiting = std::mem::take(&mut self.waiting);
        let is_any = !waiting.is_empty();
        for pending in waiting {
            pending.answer(Err(error.clone()));
        }
        is_any
    }
}

impl Pending {
    fn answer(self, result: Result<(), FunctionError>) {
        // Whoever made the invocation may have given up at this moment.
        let _ = self.answer.send(result);
    }
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("Queue")
            .field("waiting", &state.waiting.len())
            .field("working", &state.working.len())
            .field("polling", &state.polling)
            .finish_non_exhaustive()
    }
}

/// Takes an invocation out of the queue when whoever made it no longer waits.
struct Withdrawal<'a> {
    queue: &'a Queue,
    id: Uuid,
}

impl Drop for Withdrawal<'_> {
    fn drop(&mut self) {
        let mut state = self.queue.state();
        state.working.remove(&self.id);
        state
            .waiting
            .retain(|pending| pending.invocation.id != self.id);
    }
}

/// A worker that asks for an invocation.
struct Polling<'a>(&'a Queue);

impl<'a> Polling<'a> {
    fn begin(queue: &'a Queue) -> Self {
        let mut state = queue.state();
        state.polling += 1;
        state.polls += 1;
        state.failed_start = None;
        drop(state);
        Self(queue)
    }
}

impl Drop for Polling<'_> {
    /// Passes on what this worker may have been woken for: another invocation than the one it took, or the one it did not take
    /// because it hung up.
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.polling -= 1;
        if !state.waiting.is_empty() {
            self.0.arrivals.notify_one();
        }
    }
}

/// An invocation on its way to a worker. It goes back to the queue unless it was sent.
pub(super) struct Delivery {
    queue: Arc<Queue>,
    invocation: Invocation,
    is_on_its_way: bool,
}

impl Delivery {
    /// What is delivered.
    pub(super) fn invocation(&self) -> &Invocation {
        &self.invocation
    }

    /// The invocation was handed to the worker's connection.
    pub(super) fn sent(&mut self) {
        self.is_on_its_way = true;
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        if !self.is_on_its_way {
            self.queue.give_back(self.invocation.id);
        }
    }
}

#[cfg(test)]
mod tests;

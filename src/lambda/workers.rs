//! The functions whose invocations workers fetch.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use super::name::FunctionName;
use super::queue::{Delivery, Queue};

/// A queue for each function that has, or once had, a worker.
#[derive(Debug, Default)]
pub(super) struct Workers {
    queues: Mutex<HashMap<FunctionName, Arc<Queue>>>,
    closed: watch::Sender<bool>,
}

impl Workers {
    /// The queue of a function that a worker has asked for work of, or that is expected to have one.
    pub(super) fn find(&self, name: &FunctionName) -> Option<Arc<Queue>> {
        let queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        queues.get(name).cloned()
    }

    /// The queue of a function; from now on the function is known.
    pub(super) fn enter(&self, name: &FunctionName) -> Arc<Queue> {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        queues.entry(name.clone()).or_default().clone()
    }

    /// The next invocation for a worker of a function; `None` when workers are sent away.
    pub(super) async fn next(&self, name: &FunctionName) -> Option<Delivery> {
        let mut closed = self.closed.subscribe();
        let queue = self.enter(name);
        tokio::select! {
            biased;
            _ = closed.wait_for(|closed| *closed) => None,
            delivery = queue.next() => Some(delivery),
        }
    }

    /// Sends away all workers that ask for invocations, now and later, so that a server that ends need not wait for them.
    pub(super) fn close(&self) {
        self.closed.send_replace(true);
    }
}

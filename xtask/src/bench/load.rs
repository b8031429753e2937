//! Load: connections that ask as fast as they are answered, all from this thread.

use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};
use rustix::io::Errno;
use rustix::time::Timespec;

use super::connection::{Answer, Connection};
use super::request::Requests;
use crate::step::Failed;

/// How long to wait for any answer at all before giving up.
const PATIENCE: Timespec = Timespec {
    tv_sec: 60,
    tv_nsec: 0,
};

/// Connections to one server that send the same kind of requests.
pub(super) struct Load {
    connections: Vec<Connection>,
    requests: Requests,
}

/// When to send no more.
#[derive(Clone, Copy)]
pub(super) struct Limit {
    pub(super) time: Duration,
    pub(super) requests: usize,
}

impl Limit {
    /// However long it takes.
    pub(super) fn of_requests(requests: usize) -> Self {
        Self {
            time: Duration::MAX,
            requests,
        }
    }
}

/// What came of it.
pub(super) struct Outcome {
    /// How long each request took, in nanoseconds, in no order.
    pub(super) latencies: Vec<u64>,
    /// From the first request to the last answer.
    pub(super) elapsed: Duration,
}

impl Load {
    /// Opens connections.
    pub(super) fn open(
        address: SocketAddr,
        connections: usize,
        requests: Requests,
    ) -> Result<Self, Failed> {
        let connections = (0..connections).map(|_| Connection::open(address));
        Ok(Self {
            connections: connections.collect::<Result<_, _>>()?,
            requests,
        })
    }

    /// Sends requests on all connections until a limit is reached, and waits for the last answer.
    pub(super) fn run(&mut self, limit: Limit) -> Result<Outcome, Failed> {
        self.run_and_see(limit, |_| Ok(()))
    }

    /// As [`run`](Self::run), and shows each answer.
    pub(super) fn run_and_see(
        &mut self,
        limit: Limit,
        mut see: impl FnMut(&Answer<'_>) -> Result<(), Failed>,
    ) -> Result<Outcome, Failed> {
        let epoll = self.watch()?;
        let mut latencies = Vec::with_capacity(64 * 1024);
        let started = Instant::now();
        let mut sent = 0;
        for connection in &mut self.connections {
            if sent < limit.requests {
                connection.send(self.requests.next())?;
                sent += 1;
            }
        }
        let mut events = Vec::with_capacity(self.connections.len());
        while latencies.len() < sent {
            wait(&epoll, &mut events)?;
            for event in events.drain(..) {
                let connection = &mut self.connections[index_of(event)];
                let sent_at = connection.sent_at;
                let Some(answer) = connection.advance()? else {
                    continue;
                };
                let now = Instant::now();
                latencies.push(nanoseconds(now - sent_at));
                if answer.status != self.requests.status {
                    return Err(unexpected(&answer));
                }
                see(&answer)?;
                if now - started < limit.time && sent < limit.requests {
                    connection.send(self.requests.next())?;
                    sent += 1;
                }
            }
        }
        Ok(Outcome {
            latencies,
            elapsed: started.elapsed(),
        })
    }

    fn watch(&self) -> Result<OwnedFd, Failed> {
        let epoll = epoll::create(CreateFlags::CLOEXEC).map_err(failed)?;
        for (index, connection) in self.connections.iter().enumerate() {
            let flags = EventFlags::IN | EventFlags::OUT | EventFlags::ET;
            let index = EventData::new_u64(index as u64);
            epoll::add(&epoll, connection, index, flags).map_err(failed)?;
        }
        Ok(epoll)
    }
}

fn wait(epoll: &OwnedFd, events: &mut Vec<Event>) -> Result<(), Failed> {
    loop {
        match epoll::wait(epoll, spare_capacity(events), Some(&PATIENCE)) {
            Ok(0) => return Err(Failed("a server does not answer".into())),
            Ok(_) => return Ok(()),
            Err(Errno::INTR) => {}
            Err(error) => return Err(failed(error)),
        }
    }
}

fn index_of(event: Event) -> usize {
    usize::try_from(event.data.u64()).unwrap_or(usize::MAX)
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

fn unexpected(answer: &Answer<'_>) -> Failed {
    let body = String::from_utf8_lossy(answer.body);
    Failed(format!("a server answered {}: {body}", answer.status))
}

fn failed(error: Errno) -> Failed {
    Failed(format!("waiting for servers failed: {error}"))
}

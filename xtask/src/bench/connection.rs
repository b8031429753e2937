//! One keep-alive connection: a request goes out, its answer comes in.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Instant;

use crate::step::Failed;

/// A connection to a server. It never waits.
pub(super) struct Connection {
    stream: TcpStream,
    /// What of the request did not fit into the socket yet.
    unsent: Vec<u8>,
    buffer: Vec<u8>,
    filled: usize,
    /// The answer's status, and where its body begins and ends, as soon as its head is here.
    head: Option<(u16, usize, usize)>,
    pub(super) sent_at: Instant,
}

/// A complete answer.
pub(super) struct Answer<'a> {
    pub(super) status: u16,
    pub(super) body: &'a [u8],
}

impl Connection {
    pub(super) fn open(address: SocketAddr) -> Result<Self, Failed> {
        let open = || {
            let stream = TcpStream::connect(address)?;
            stream.set_nodelay(true)?;
            stream.set_nonblocking(true)?;
            Ok(stream)
        };
        let stream = open().map_err(failed)?;
        Ok(Self {
            stream,
            unsent: Vec::new(),
            buffer: vec![0; 256 * 1024],
            filled: 0,
            head: None,
            sent_at: Instant::now(),
        })
    }

    /// Sends a request. The answer before it must have been received.
    pub(super) fn send(&mut self, request: &[u8]) -> Result<(), Failed> {
        self.filled = 0;
        self.head = None;
        self.sent_at = Instant::now();
        let sent = self.write(request)?;
        self.unsent.extend_from_slice(&request[sent..]);
        Ok(())
    }

    /// Goes on with the request and its answer as far as the socket allows; returns the answer when it is complete.
    pub(super) fn advance(&mut self) -> Result<Option<Answer<'_>>, Failed> {
        if !self.unsent.is_empty() {
            let unsent = std::mem::take(&mut self.unsent);
            let sent = self.write(&unsent)?;
            self.unsent.extend_from_slice(&unsent[sent..]);
        }
        loop {
            let room = self.buffer.len() - self.filled;
            let read = match self.stream.read(&mut self.buffer[self.filled..]) {
                Ok(0) => return Err(Failed("a server closed a connection".into())),
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
                Err(error) => return Err(failed(error)),
            };
            self.filled += read;
            if self.head.is_none() {
                self.head = parse_head(&self.buffer[..self.filled])?;
            }
            if let Some((status, start, end)) = self.head {
                if self.filled >= end {
                    let body = &self.buffer[start..end];
                    return Ok(Some(Answer { status, body }));
                }
                self.buffer.resize(self.buffer.len().max(end), 0);
            }
            // The socket is empty, and its next bytes will be told.
            if read < room {
                return Ok(None);
            }
        }
    }

    fn write(&self, bytes: &[u8]) -> Result<usize, Failed> {
        let mut sent = 0;
        while sent < bytes.len() {
            match (&self.stream).write(&bytes[sent..]) {
                Ok(written) => sent += written,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(failed(error)),
            }
        }
        Ok(sent)
    }
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

/// The status, and where the body begins and ends; `None` while the head is not complete.
fn parse_head(bytes: &[u8]) -> Result<Option<(u16, usize, usize)>, Failed> {
    let Some(length) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let strange = || {
        let head = String::from_utf8_lossy(&bytes[..length]);
        Failed(format!("an answer was not understood: {head}"))
    };
    let head = std::str::from_utf8(&bytes[..length]).map_err(|_| strange())?;
    let status = head.get(9..12).and_then(|status| status.parse().ok());
    let body = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.parse::<usize>().ok())?
    });
    let (status, body) = status.zip(body).ok_or_else(strange)?;
    let start = length + 4;
    Ok(Some((status, start, start + body)))
}

#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` gives")]
fn failed(error: std::io::Error) -> Failed {
    Failed(format!("a connection to a server failed: {error}"))
}

//! What a function's process prints, line by line in the log.

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader};
use tracing::info;

use super::name::FunctionName;
use crate::telemetry;

/// A longer line comes in pieces.
const LONGEST_LINE: u64 = 16 * 1024;

/// Logs all lines of a stream with the function's name. A carriage return ends a line too: the Python runtime client writes
/// tracebacks so.
pub(super) async fn log(function: &FunctionName, stream: Option<impl AsyncRead + Unpin>) {
    let Some(stream) = stream else { return };
    let mut lines = BufReader::new(stream);
    let mut line = Vec::new();
    // A pipe that cannot be read is as good as one that has ended.
    while let Ok(1..) = (&mut lines)
        .take(LONGEST_LINE)
        .read_until(b'\n', &mut line)
        .await
    {
        let text = String::from_utf8_lossy(&line);
        for text in text.split(['\r', '\n']).filter(|text| !text.is_empty()) {
            info!(target: telemetry::FUNCTIONS, %function, "{text}");
        }
        line.clear();
    }
}

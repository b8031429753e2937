//! Requests as boto3 sends them, made once; from one to the next only some digits change.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The characters that end each secret's ARN, by the secret's number.
pub(super) type Suffixes = Arc<[[u8; 6]]>;

/// A request to send again and again, about one secret after the other.
#[derive(Clone)]
pub(super) struct Requests {
    bytes: Vec<u8>,
    blanks: Vec<Blank>,
    about: About,
    /// How many were sent, all clones together.
    sent: Arc<AtomicU64>,
    /// The status of each answer.
    pub(super) status: u16,
}

/// Which secrets requests are about.
#[derive(Clone)]
pub(super) struct About {
    /// How many there are.
    pub(super) secrets: usize,
    /// Their ARNs' ends, or none if requests do not name ARNs.
    pub(super) suffixes: Suffixes,
    /// Added to the last secret's number; it has no divisor in common with `secrets`, so each one has its turn.
    step: usize,
    last: usize,
}

impl About {
    /// From the first to the last.
    pub(super) fn each(secrets: usize) -> Self {
        Self {
            secrets,
            suffixes: Suffixes::default(),
            step: 1,
            last: secrets.saturating_sub(1),
        }
    }

    /// Criss-cross, so that neighbours are no help to each other.
    pub(super) fn scattered(secrets: usize) -> Self {
        let mut steps = secrets * 618 / 1000..secrets;
        let step = steps.find(|step| common_divisor(*step, secrets) == 1);
        Self {
            step: step.unwrap_or(1),
            ..Self::each(secrets)
        }
    }

    /// With the ends of their ARNs.
    pub(super) fn with_suffixes(self, suffixes: &Suffixes) -> Self {
        Self {
            suffixes: suffixes.clone(),
            ..self
        }
    }

    fn next(&mut self) -> usize {
        self.last = (self.last + self.step) % self.secrets;
        self.last
    }
}

fn common_divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

/// What is written anew in each request.
#[derive(Clone, Copy)]
enum What {
    /// The secret's number.
    Number,
    /// The number of another secret, which the rest of the request is about.
    Next,
    /// The six characters that end its ARN.
    Suffix,
    /// A number that no other request of these and their clones has.
    Fresh,
}

#[derive(Clone, Copy)]
struct Blank {
    what: What,
    start: usize,
    width: usize,
}

/// How a body's text shows its blanks, and how wide they are.
const BLANKS: &[(&str, What, usize)] = &[
    ("{number}", What::Number, 7),
    ("{number12}", What::Number, 12),
    ("{next}", What::Next, 7),
    ("{suffix}", What::Suffix, 6),
    ("{fresh}", What::Fresh, 12),
];

impl Requests {
    /// Calls of an operation. The body may have blanks: `{number}`, `{number12}`, `{next}`, `{suffix}`, `{fresh}`.
    pub(super) fn new(operation: &str, body: &str, about: About) -> Self {
        let mut plain = String::with_capacity(body.len());
        let mut blanks = Vec::new();
        let mut rest = body;
        while let Some(brace) = rest.find('{') {
            plain.push_str(&rest[..brace]);
            rest = &rest[brace..];
            if let Some((text, what, width)) = BLANKS.iter().find(|b| rest.starts_with(b.0)) {
                blanks.push(Blank {
                    what: *what,
                    start: plain.len(),
                    width: *width,
                });
                plain.extend(std::iter::repeat_n('0', *width));
                rest = &rest[text.len()..];
            } else {
                plain.push('{');
                rest = &rest[1..];
            }
        }
        plain.push_str(rest);
        let mut bytes = head(operation, plain.len()).into_bytes();
        for blank in &mut blanks {
            blank.start += bytes.len();
        }
        bytes.extend_from_slice(plain.as_bytes());
        Self {
            bytes,
            blanks,
            about,
            sent: Arc::default(),
            status: 200,
        }
    }

    /// The same, for each to be refused.
    pub(super) fn refused(self) -> Self {
        Self {
            status: 400,
            ..self
        }
    }

    /// The next request's bytes.
    pub(super) fn next(&mut self) -> &[u8] {
        let mut secret = self.about.next();
        let fresh = self.sent.fetch_add(1, Ordering::Relaxed) + 1;
        for blank in &self.blanks {
            let place = &mut self.bytes[blank.start..blank.start + blank.width];
            match blank.what {
                What::Number => write_number(place, secret as u64),
                What::Next => {
                    secret = self.about.next();
                    write_number(place, secret as u64);
                }
                What::Suffix => place.copy_from_slice(&self.about.suffixes[secret]),
                What::Fresh => write_number(place, fresh),
            }
        }
        &self.bytes
    }
}

fn write_number(place: &mut [u8], mut number: u64) {
    for digit in place.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

/// boto3's headers. The signature is of the right form and made up: who verifies it is not measured here.
fn head(operation: &str, length: usize) -> String {
    format!(
        "POST / HTTP/1.1\r\n\
         Host: 127.0.0.1:4566\r\n\
         Accept-Encoding: identity\r\n\
         X-Amz-Target: secretsmanager.{operation}\r\n\
         Content-Type: application/x-amz-json-1.1\r\n\
         User-Agent: Boto3/1.43.11 md/Botocore#1.43.11 ua/2.1 os/linux#6.12.0 md/arch#x86_64 \
         lang/python#3.11.7 md/pyimpl#CPython m/e,N,b,D,Z cfg/retry-mode#legacy Botocore/1.43.11\r\n\
         X-Amz-Date: 20260101T000000Z\r\n\
         Authorization: AWS4-HMAC-SHA256 \
         Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/secretsmanager/aws4_request, \
         SignedHeaders=content-type;host;x-amz-date;x-amz-target, \
         Signature=659cc3c8acc365b13754d8679e0dd8f519e9fa0aa37da7077a332969a00a2582\r\n\
         amz-sdk-invocation-id: 85d8d1c3-faf0-4f1f-8f87-0b5c3d2412a2\r\n\
         amz-sdk-request: attempt=1\r\n\
         Content-Length: {length}\r\n\r\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_filled_and_braces_of_json_are_not_blanks() {
        let suffixes: Suffixes = [*b"AAAAAA", *b"BBBBBB"].into();
        let about = About::each(2).with_suffixes(&suffixes);
        let body = r#"{"a":"{number}-{suffix}","b":{"c":"{fresh}{next}"}}"#;
        let mut requests = Requests::new("Op", body, about);
        let mut next = || {
            let text = String::from_utf8(requests.next().to_vec()).unwrap();
            text.split_once("\r\n\r\n").unwrap().1.to_owned()
        };
        assert_eq!(
            next(),
            r#"{"a":"0000000-AAAAAA","b":{"c":"0000000000010000001"}}"#
        );
        assert_eq!(
            next(),
            r#"{"a":"0000000-AAAAAA","b":{"c":"0000000000020000001"}}"#
        );
    }

    #[test]
    fn scattered_numbers_cover_all_secrets() {
        for secrets in [1, 2, 10, 1000, 1234] {
            let mut about = About::scattered(secrets);
            let mut seen: Vec<_> = (0..secrets).map(|_| about.next()).collect();
            seen.sort_unstable();
            assert!(seen.into_iter().eq(0..secrets), "{secrets}");
        }
    }
}

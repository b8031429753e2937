//! Keeping web pages out: a page that a developer looks at can send requests to this machine, and must neither read the emulator nor
//! reset it.
//!
//! A browser says from which page a request comes (`Origin`), and which host it takes the emulator for (`Host`). A page can make
//! the emulator seem to be its own host, by a name that leads to this machine; so own hosts are only those that no page can
//! come from.

use std::net::IpAddr;

use http::header::{HOST, ORIGIN};
use http::uri::Authority;
use http::{HeaderMap, HeaderValue};

/// Does a request come from a web page of another origin?
pub(crate) fn is_foreign(headers: &HeaderMap) -> bool {
    // Only browsers send it.
    headers
        .get(ORIGIN)
        .is_some_and(|origin| !is_own(origin, headers.get(HOST)))
}

/// Is a request sent to a host that could be a web page's?
pub(crate) fn is_elsewhere(headers: &HeaderMap) -> bool {
    // Browsers always send it.
    headers
        .get(HOST)
        .is_some_and(|host| !authority(host).is_some_and(|host| is_private(&host)))
}

/// Is the origin the host that the request is sent to, and one that is ours?
fn is_own(origin: &HeaderValue, host: Option<&HeaderValue>) -> bool {
    let origin = origin.to_str().ok();
    let page = origin.and_then(|origin| origin.strip_prefix("http://"));
    let page = page.and_then(|page| page.parse().ok());
    let host = host.and_then(authority);
    match (page, host) {
        (Some(page), Some(host)) => page == host && is_private(&page),
        _ => false,
    }
}

fn authority(host: &HeaderValue) -> Option<Authority> {
    host.to_str().ok()?.parse().ok()
}

/// Is it an address, or a name that no site of the public internet has: one without dots, such as a container's, or one under a
/// domain that is kept for private networks?
fn is_private(authority: &Authority) -> bool {
    let host = authority.host();
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    if bare.unwrap_or(host).parse::<IpAddr>().is_ok() {
        return true;
    }
    match host.rsplit_once('.') {
        None => !host.is_empty(),
        Some((_, domain)) => ["localhost", "local", "internal", "test"]
            .iter()
            .any(|private| domain.eq_ignore_ascii_case(private)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(host: &str, origin: Option<&str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(ORIGIN, origin.parse().unwrap());
        }
        headers
    }

    #[test]
    fn only_a_page_of_the_emulator_itself_is_not_foreign() {
        for (host, origin, foreign) in [
            ("127.0.0.1:4566", None, false),
            ("evil.example", None, false),
            ("127.0.0.1:4566", Some("http://127.0.0.1:4566"), false),
            ("localhost:4566", Some("http://localhost:4566"), false),
            ("127.0.0.1:4566", Some("http://127.0.0.1:3000"), true),
            ("127.0.0.1:4566", Some("http://localhost:4566"), true),
            ("127.0.0.1:4566", Some("https://127.0.0.1:4566"), true),
            ("127.0.0.1:4566", Some("http://evil.example"), true),
            ("evil.example:4566", Some("http://evil.example:4566"), true),
            ("127.0.0.1:4566", Some("null"), true),
            ("127.0.0.1:4566", Some(""), true),
        ] {
            assert_eq!(
                is_foreign(&headers(host, origin)),
                foreign,
                "{host} {origin:?}"
            );
        }
    }

    #[test]
    fn a_host_that_could_be_a_sites_is_elsewhere() {
        for host in [
            "127.0.0.1:4566",
            "192.168.1.7:4566",
            "[::1]:4566",
            "localhost:4566",
            "secretstack:4566",
            "secretstack",
            "a.localhost",
            "host.docker.internal:4566",
            "secretstack.default.svc.cluster.local",
        ] {
            assert!(!is_elsewhere(&headers(host, None)), "{host}");
        }
        for host in [
            "evil.example:4566",
            "127.0.0.1.evil.example",
            "a b",
            "",
            "com.",
        ] {
            assert!(is_elsewhere(&headers(host, None)), "{host}");
        }
        assert!(!is_elsewhere(&HeaderMap::new()));
    }
}

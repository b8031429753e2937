//! How programs on this machine reach the emulator: by which address, and by which variables AWS's clients learn it.

use std::env;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::secret::id::Scope;

/// The address at which this machine finds a server that listens there, which may be on all of the machine's addresses.
pub(crate) fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

/// The variables by which the AWS clients of a program find the emulator that listens there, with this account and region.
pub(crate) fn of_clients(listen: SocketAddr, scope: &Scope) -> Vec<(&'static str, String)> {
    let address = reachable(listen);
    let region = scope.region.to_string();
    let mut variables = vec![
        ("AWS_ENDPOINT_URL", format!("http://{address}")),
        ("AWS_REGION", region.clone()),
        ("AWS_DEFAULT_REGION", region),
        ("AWS_ACCESS_KEY_ID", scope.account.to_string()),
        ("AWS_SECRET_ACCESS_KEY", "secretstack".into()),
    ];
    // Programs differ in which they read first, so both say the same.
    let names = ["no_proxy", "NO_PROXY"];
    let already = names.iter().find_map(|name| env::var(name).ok());
    let hosts = without_proxy(already.unwrap_or_default(), address.ip());
    variables.extend(names.map(|name| (name, hosts.clone())));
    variables
}

/// The hosts that no proxy leads to: those that there are already, the emulator, and this machine. A proxy on the way would
/// not find them.
fn without_proxy(already: String, emulator: IpAddr) -> String {
    let mut hosts = already;
    // It means all hosts, and only alone.
    if hosts == "*" {
        return hosts;
    }
    for ip in [emulator, Ipv4Addr::LOCALHOST.into()] {
        let ip = ip.to_string();
        if !hosts.split(',').any(|host| host == ip) {
            let comma = if hosts.is_empty() { "" } else { "," };
            hosts = format!("{hosts}{comma}{ip}");
        }
    }
    hosts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emulator_that_listens_everywhere_is_reached_by_loopback() {
        for (listen, address) in [
            ("0.0.0.0:4566", "127.0.0.1:4566"),
            ("[::]:4566", "[::1]:4566"),
            ("10.0.0.7:4566", "10.0.0.7:4566"),
        ] {
            assert_eq!(reachable(listen.parse().unwrap()).to_string(), address);
        }
    }

    #[test]
    fn no_proxy_stands_between_a_program_and_the_emulator() {
        for (emulator, already, hosts) in [
            ("127.0.0.1", "", "127.0.0.1"),
            ("10.0.0.7", "", "10.0.0.7,127.0.0.1"),
            ("127.0.0.1", "example.com", "example.com,127.0.0.1"),
            ("127.0.0.1", "127.0.0.1,.local", "127.0.0.1,.local"),
            ("127.0.0.1", "*", "*"),
        ] {
            let emulator = emulator.parse().unwrap();
            assert_eq!(without_proxy(already.to_owned(), emulator), hosts);
        }
    }
}

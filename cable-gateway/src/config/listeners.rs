//! Every listener has an address of its own: two on one would be found out at the start only, by whichever comes
//! second.

use std::net::{IpAddr, SocketAddr};

use super::{Config, Faults};

/// Notes a fault for each two listeners that cannot be open at the same time.
pub(super) fn check(config: &Config, faults: &mut Faults) {
    let mut listeners =
        vec![("box_api.listen", config.box_api.listen), ("staff.listen", config.staff.listen)];
    listeners.extend(config.oidc.as_ref().map(|oidc| ("oidc.listen", oidc.listen)));
    listeners.extend(config.metrics.as_ref().map(|metrics| ("metrics.listen", metrics.listen)));
    for (place, (key, address)) in listeners.iter().enumerate() {
        for (other_key, other) in
            listeners[..place].iter().filter(|(_, other)| collide(*address, *other))
        {
            let cause = if address == other {
                format!("both are {address}")
            } else {
                format!("{address} and {other} are the same port of one address")
            };
            let remedy = "give each listener a port of its own";
            faults.add(&format!("{key} and {other_key}"), cause, remedy);
        }
    }
}

/// Port 0 is a free one for each.
fn collide(one: SocketAddr, other: SocketAddr) -> bool {
    one.port() != 0 && one.port() == other.port() && overlap(one.ip(), other.ip())
}

fn overlap(one: IpAddr, other: IpAddr) -> bool {
    let (one, other) = (one.to_canonical(), other.to_canonical());
    // The IPv6 address of everybody takes the IPv4 ones with it.
    let takes =
        |all: IpAddr, address: IpAddr| all.is_unspecified() && (all.is_ipv6() || address.is_ipv4());
    one == other || takes(one, other) || takes(other, one)
}

//! Orders made outside the gateway: what the town could send by multicast, and what nobody may.

use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};

use anyhow::{Context, Result};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use evacuation::{
    area::AreaId,
    hazard::{Hazard, Level},
    id::{Issuer, OrderId},
    order::{Act, Mode, Order, UnixMillis},
    signing::{OrderSigningKey, sign_order},
};
use uuid::Uuid;

use crate::town::Town;

/// First byte of a datagram that carries an order.
const KIND_ORDER: u8 = 1;

/// One hour in milliseconds.
pub const HOUR_MS: i64 = 3_600_000;

/// Which of the town's keys signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// Actual orders.
    Order,
    /// Drills only.
    Drill,
    /// Nobody's: made up here.
    Stranger,
}

/// A level-4 order against landslides for one area, valid for an hour.
pub fn order(area: &str, sequence: u64, now_ms: i64) -> Result<Order> {
    Ok(Order {
        id: OrderId(*Uuid::now_v7().as_bytes()),
        issuer: Issuer::new("363871")?,
        sequence,
        issued_at: UnixMillis(now_ms),
        expires_at: UnixMillis(now_ms + HOUR_MS),
        mode: Mode::Actual,
        act: Act::Issue,
        references: Vec::new(),
        hazard: Hazard::Landslide,
        level: Some(Level::Four),
        area_table: 1,
        areas: vec![AreaId::new(area)?],
        shelter_table: 1,
        shelters: Vec::new(),
        reason: None,
    })
}

/// Signs with a key of this town.
pub fn sign(town: &Town, order: &Order, key: Key) -> Result<Vec<u8>> {
    let key = match key {
        Key::Order => town_key(town, "order.key")?,
        Key::Drill => town_key(town, "drill.key")?,
        Key::Stranger => OrderSigningKey::from_seed([7; 32]),
    };
    Ok(sign_order(order, &key)?)
}

/// Sends order bytes to every box that listens to the town's group.
pub fn send(town: &Town, bytes: &[u8]) -> Result<()> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.set_multicast_loop_v4(true)?;
    let target: SocketAddrV4 = town.order_group().parse()?;
    let socket = socket2::Socket::from(socket);
    socket.set_multicast_if_v4(&Ipv4Addr::LOCALHOST)?;
    let datagram = [&[KIND_ORDER], bytes].concat();
    socket.send_to(&datagram, &target.into())?;
    Ok(())
}

fn town_key(town: &Town, name: &str) -> Result<OrderSigningKey> {
    let file = town.path().join("keys").join(name);
    let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    let bytes = STANDARD.decode(text.trim())?;
    let seed = <[u8; 32]>::try_from(bytes.as_slice()).context("a seed has 32 bytes")?;
    Ok(OrderSigningKey::from_seed(seed))
}

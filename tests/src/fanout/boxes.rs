//! The gateway as it ships: ten thousand devices with certificates of their own, orders from its
//! console.

use std::{path::Path, sync::Arc};

use anyhow::{Context, Result, ensure};
use reqwest::{Client, header, redirect::Policy};
use rustls::RootCertStore;
use rustls_pki_types::ServerName;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::{MARK, Outcome, RECEIVERS, ROUNDS, Receivers, Server, per, rounds};
use crate::load::{
    LoneGateway,
    boxes::{self, Leaf},
};

/// What a box asks.
const ASK: &[u8] = b"GET /box/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// An officer who orders drills by the console's own forms.
struct Office<'a> {
    gateway: &'a LoneGateway,
    client: Client,
    cookie: String,
    token: String,
    standing: Option<String>,
}

impl Server for Office<'_> {
    async fn publish(&mut self) -> Result<()> {
        let form = "mode=drill&hazard=flood&level=3&scope=town&shelters=none&reason=\
                    %E8%A8%88%E6%B8%AC%E3%81%AE%E3%81%9F%E3%82%81%E3%81%AE%E8%A8%93%E7%B7%B4";
        let target = match &self.standing {
            None => "/orders".to_owned(),
            Some(order) => format!("/orders/{order}/update"),
        };
        let draft = self.post(&target, form).await?;
        let order = self.post(&format!("{draft}/issue"), "").await?;
        let id = order.trim_start_matches("/orders/").split('?').next().unwrap_or_default();
        self.standing = Some(id.to_owned());
        Ok(())
    }

    fn cpu_us(&self) -> Result<i64> {
        self.gateway.cpu_us()
    }
}

impl<'a> Office<'a> {
    async fn open(gateway: &'a LoneGateway) -> Result<Self> {
        let client = Client::builder().redirect(Policy::none()).build()?;
        let cookie = gateway.sign_in(&client, &gateway.staff[0]).await?;
        let page = client.get(format!("{}/orders/new", gateway.console));
        let page = page.header(header::COOKIE, &cookie).send().await?.text().await?;
        let (_, rest) = page.split_once("name=\"form_token\" value=\"").context("a form")?;
        let token = rest.split('"').next().unwrap_or_default().to_owned();
        Ok(Self { gateway, client, cookie, token, standing: None })
    }

    /// Sends a form; gives where it leads.
    async fn post(&self, path: &str, form: &str) -> Result<String> {
        let console = &self.gateway.console;
        let answer = self
            .client
            .post(format!("{console}{path}"))
            .header(header::ORIGIN, console)
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(format!("form_token={}&{form}", self.token))
            .send()
            .await?;
        let status = answer.status();
        let target = answer.headers().get(header::LOCATION).cloned();
        ensure!(status == 303, "{path} answered {status}: {}", answer.text().await?);
        Ok(target.context("a way on")?.to_str()?.to_owned())
    }
}

/// CPU for one delivery, CPU for an order that nobody gets, and the bytes of one order.
pub(super) async fn measure() -> Result<(Outcome, f64, Vec<u8>)> {
    let mut devices = Vec::new();
    let fill = |folder: &Path| {
        devices = boxes::enrol(folder, RECEIVERS)?;
        Ok(())
    };
    let gateway = LoneGateway::start(|text| roomy(&text), fill)?;
    let mut office = Office::open(&gateway).await?;
    // What an order costs that no box gets is not the fan-out's.
    let before_us = office.cpu_us()?;
    for _ in 0..ROUNDS {
        office.publish().await?;
    }
    let order_us = per(office.cpu_us()? - before_us, ROUNDS);
    let tls = Devices::new(&gateway, devices)?;
    let frame = tls.frame().await?;
    let receivers = Receivers::connect(|number| tls.clone().subscribe(number)).await?;
    let outcome = rounds(&mut office, &receivers).await?;
    let share = order_us / per(i64::try_from(RECEIVERS)?, 1);
    Ok((Outcome { cpu_us: outcome.cpu_us - share, ..outcome }, order_us, frame))
}

/// Places for everybody; heartbeats as rare as they may be.
fn roomy(text: &str) -> String {
    let places = "[box_api]\nmax_connections = 12000\nmax_connections_per_address = 12000\n";
    text.replace("[box_api]\n", places) + "[push]\nheartbeat_seconds = 60\n"
}

/// What the devices need to connect.
#[derive(Clone)]
struct Devices {
    leaves: Arc<Vec<Leaf>>,
    roots: Arc<RootCertStore>,
    port: u16,
}

impl Devices {
    fn new(gateway: &LoneGateway, leaves: Vec<Leaf>) -> Result<Self> {
        let roots = boxes::roots(gateway.path())?;
        Ok(Self { leaves: Arc::new(leaves), roots: Arc::new(roots), port: gateway.box_port })
    }

    async fn subscribe(self, number: usize) -> Result<TlsStream<TcpStream>> {
        let connected = self.connect(number).await;
        Ok(connected.with_context(|| format!("box {number} connects"))?.0)
    }

    /// The stream of a box, and what it got up to the order in force, with which it begins: only then
    /// the gateway has seen the certificate, and the box's place among strangers is free.
    async fn connect(&self, number: usize) -> Result<(TlsStream<TcpStream>, Vec<u8>)> {
        let config = boxes::tls(Arc::clone(&self.roots), &self.leaves[number])?;
        let stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
        let name = ServerName::try_from("127.0.0.1")?;
        let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
        stream.write_all(ASK).await?;
        stream.flush().await?;
        let mut text = Vec::new();
        while find(&text, MARK).is_none() {
            ensure!(stream.read_buf(&mut text).await? > 0, "the stream ended early");
        }
        Ok((stream, text))
    }

    /// One order as it goes over the wire, from the stream of a box that begins.
    async fn frame(&self) -> Result<Vec<u8>> {
        let (mut stream, mut text) = self.connect(0).await?;
        loop {
            let start = find(&text, b"id: ");
            let end = start.and_then(|start| Some(start + find(&text[start..], b"\n\n")? + 2));
            if let (Some(start), Some(end)) = (start, end) {
                return Ok(text[start..end].to_vec());
            }
            ensure!(stream.read_buf(&mut text).await? > 0, "the stream ended early");
        }
    }
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

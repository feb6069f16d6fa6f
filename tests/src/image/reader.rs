//! The machine's USB card reader: what lies in a virtual card's slot lies in QEMU's reader.
//!
//! Towards the card this is the driver of a virtual reader (it connects to us: card inserted); towards QEMU it
//! is a client of the reader's socket. QEMU's reader knows only T=0 and answers up to 256 bytes, so the card
//! is introduced with a reset answer of that kind.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    os::unix::net::UnixStream,
    path::Path,
    sync::mpsc::{Sender, channel},
    thread,
};

use anyhow::{Context, Result, bail, ensure};
use socket2::SockRef;

/// Reset answer with T=0 and two historical bytes.
const ATR: [u8; 4] = [0x3b, 0x02, 0x48, 0x4b];
/// Name that QEMU gets.
const NAME: &[u8] = b"hitokoe\0";
const VERSION: u32 = 2;
/// A command with 65 kB is none of ours.
const MESSAGE_BYTES_MAX: u32 = 4_096;

const INIT: u32 = 1;
const ERROR: u32 = 2;
const READER_ADD: u32 = 3;
const ATR_IS: u32 = 5;
const CARD_REMOVE: u32 = 6;
const APDU: u32 = 7;
const FLUSH: u32 = 8;
const FLUSH_COMPLETE: u32 = 9;
const NO_READER: u32 = 0xffff_ffff;

/// The vpcd side's control frames.
const POWER_ON: u8 = 1;

/// Serves one machine for its life, on a thread of its own.
#[derive(Debug)]
pub struct Reader {
    address: SocketAddr,
    machines: Sender<Qemu>,
}

impl Reader {
    /// Connects to QEMU's reader and gives the address at which a card may connect.
    pub fn start(socket: &Path) -> Result<Self> {
        let mut qemu = Qemu::connect(socket)?;
        let (machines, newer) = channel();
        let cards = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = cards.local_addr()?;
        thread::spawn(move || {
            for card in cards.incoming() {
                qemu = newer.try_iter().last().unwrap_or(qemu);
                // A card that breaks off was pulled; a machine that does so is gone.
                let served = card.map_err(Into::into).and_then(|card| qemu.serve(card));
                if let Err(error) = served {
                    tracing::info!(%error, "card reader");
                }
                if let Err(error) = qemu.remove() {
                    tracing::info!(%error, "card reader");
                }
            }
        });
        Ok(Self { address, machines })
    }

    /// The machine was started anew, with a socket of its own; no card is in.
    pub fn reconnect(&self, socket: &Path) -> Result<()> {
        let qemu = Qemu::connect(socket)?;
        self.machines.send(qemu).ok().context("the reader's thread is gone")
    }

    /// Where a card connects to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

#[derive(Debug)]
struct Qemu {
    stream: UnixStream,
    reader: u32,
}

impl Qemu {
    fn connect(socket: &Path) -> Result<Self> {
        let stream = UnixStream::connect(socket).context("the reader's socket")?;
        let mut qemu = Self { stream, reader: 0 };
        let mut hello = b"VSCD".to_vec();
        hello.extend(VERSION.to_be_bytes());
        hello.extend(0_u32.to_be_bytes());
        qemu.send(INIT, 0, &hello)?;
        ensure!(qemu.receive()?.0 == INIT, "QEMU did not introduce itself");
        qemu.send(READER_ADD, NO_READER, NAME)?;
        qemu.acknowledged()?;
        Ok(qemu)
    }

    /// Until the card is pulled.
    fn serve(&mut self, mut card: TcpStream) -> Result<()> {
        card.set_nodelay(true)?;
        // Power on makes a card forget what an earlier holder proved.
        write_frame(&mut card, &[POWER_ON])?;
        self.send(ATR_IS, self.reader, &ATR)?;
        let mut watched = card.try_clone()?;
        loop {
            match self.receive_or_pulled(&mut watched)? {
                None => return Ok(()),
                Some((APDU, command)) => {
                    write_frame(&mut card, &command)?;
                    let answer = read_frame(&mut card)?;
                    self.send(APDU, self.reader, &answer)?;
                }
                Some((FLUSH, _)) => self.send(FLUSH_COMPLETE, self.reader, &[])?,
                Some((ERROR, code)) => ensure!(code == [0; 4], "QEMU refuses: {code:?}"),
                Some(_) => {}
            }
        }
    }

    fn remove(&mut self) -> Result<()> {
        self.send(CARD_REMOVE, self.reader, &[])
    }

    /// The next message, or nothing when the card went away while none came.
    fn receive_or_pulled(&mut self, card: &mut TcpStream) -> Result<Option<(u32, Vec<u8>)>> {
        const LOOK_UP: std::time::Duration = std::time::Duration::from_millis(50);
        loop {
            self.stream.set_read_timeout(Some(LOOK_UP))?;
            let mut first = [0; 1];
            match self.stream.read(&mut first) {
                Ok(0) => bail!("the machine is gone"),
                Ok(_) => return self.rest(first[0]).map(Some),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
            card.set_nonblocking(true)?;
            let gone = matches!(card.peek(&mut first), Ok(0)) || card.take_error()?.is_some();
            card.set_nonblocking(false)?;
            if gone {
                return Ok(None);
            }
        }
    }

    fn acknowledged(&mut self) -> Result<()> {
        loop {
            let (kind, payload) = self.receive()?;
            if kind == ERROR {
                ensure!(payload == [0; 4], "QEMU refuses: {payload:?}");
                return Ok(());
            }
        }
    }

    fn receive(&mut self) -> Result<(u32, Vec<u8>)> {
        self.stream.set_read_timeout(None)?;
        let mut first = [0; 1];
        self.stream.read_exact(&mut first)?;
        self.rest(first[0])
    }

    /// What follows the first byte of a message.
    fn rest(&mut self, first: u8) -> Result<(u32, Vec<u8>)> {
        self.stream.set_read_timeout(None)?;
        let mut header = [0; 12];
        header[0] = first;
        self.stream.read_exact(&mut header[1..])?;
        let word = |at: usize| -> u32 {
            u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
        };
        let length = word(8);
        ensure!(length <= MESSAGE_BYTES_MAX, "QEMU sends {length} bytes at once");
        let mut payload = vec![0; length as usize];
        self.stream.read_exact(&mut payload)?;
        Ok((word(0), payload))
    }

    fn send(&mut self, kind: u32, reader: u32, payload: &[u8]) -> Result<()> {
        let length = u32::try_from(payload.len())?;
        let mut message: Vec<u8> =
            [kind, reader, length].iter().flat_map(|w| w.to_be_bytes()).collect();
        message.extend(payload);
        Ok(self.stream.write_all(&message)?)
    }
}

fn write_frame(card: &mut TcpStream, payload: &[u8]) -> Result<()> {
    let length = u16::try_from(payload.len())?;
    let mut frame = length.to_be_bytes().to_vec();
    frame.extend(payload);
    Ok(card.write_all(&frame)?)
}

fn read_frame(card: &mut TcpStream) -> Result<Vec<u8>> {
    // Otherwise the kernel acknowledges late, and each answer costs 40 ms.
    SockRef::from(&*card).set_tcp_quickack(true)?;
    let mut length = [0; 2];
    card.read_exact(&mut length)?;
    let mut payload = vec![0; usize::from(u16::from_be_bytes(length))];
    card.read_exact(&mut payload)?;
    Ok(payload)
}

//! The virtual reader's wire protocol: the driver is the TCP server, the card connects.
//!
//! Frames in both directions are a big-endian 16-bit length and that many bytes. A frame of one
//! byte is about power and the ATR, a longer one is a command. Connecting inserts the card, closing
//! removes it.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use socket2::SockRef;

use crate::applet::{ATR, VirtualCard};

/// Pause between attempts to reach a card service that is not there (yet).
const RETRY_INTERVAL: Duration = Duration::from_millis(100);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

const POWER_OFF: u8 = 0;
const POWER_ON: u8 = 1;
const RESET: u8 = 2;
const GET_ATR: u8 = 4;

/// A reader slot into which cards are put and from which they are taken while programs run.
///
/// A card that lies in it survives a restart of the card service, as a real one does.
pub struct VirtualReader {
    address: SocketAddr,
    inserted: Mutex<Option<Inserted>>,
}

struct Inserted {
    slot: Arc<Slot>,
    thread: JoinHandle<VirtualCard>,
}

#[derive(Default)]
struct Slot {
    stream: Mutex<Option<TcpStream>>,
    taken_out: AtomicBool,
    state: Mutex<SlotState>,
    changed: Condvar,
}

/// What lies in the reader.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SlotState {
    /// Nothing, or a card that was pulled during a command.
    Empty,
    /// A card, and a card service that knows it.
    Present,
    /// A card, but the card service has not noticed it.
    #[default]
    Unnoticed,
}

impl Slot {
    fn turn(&self, state: SlotState) {
        *lock(&self.state) = state;
        self.changed.notify_all();
    }
}

impl VirtualReader {
    /// An empty reader at the driver's address, e.g. `127.0.0.1:35963`.
    pub fn new(address: SocketAddr) -> Self {
        Self { address, inserted: Mutex::new(None) }
    }

    /// Puts a card in. A card that lay there is returned, with its counters.
    pub fn insert(&self, card: VirtualCard) -> Option<VirtualCard> {
        let mut inserted = lock(&self.inserted);
        let before = inserted.take().map(Inserted::take_out);
        let slot = Arc::new(Slot::default());
        let address = self.address;
        let thread = thread::spawn({
            let slot = Arc::clone(&slot);
            move || serve(address, &slot, card)
        });
        *inserted = Some(Inserted { slot, thread });
        before
    }

    /// Takes the card out.
    pub fn remove(&self) -> Option<VirtualCard> {
        lock(&self.inserted).take().map(Inserted::take_out)
    }

    /// What lies in the reader.
    pub fn state(&self) -> SlotState {
        match &*lock(&self.inserted) {
            Some(card) => *lock(&card.slot.state),
            None => SlotState::Empty,
        }
    }

    /// Waits until the reader is in this state; false when that took too long.
    ///
    /// A card inserted or removed by another thread meanwhile is not looked at.
    pub fn wait_until(&self, wanted: SlotState, timeout: Duration) -> bool {
        let slot = match &*lock(&self.inserted) {
            Some(card) => Arc::clone(&card.slot),
            None => return wanted == SlotState::Empty,
        };
        let state = lock(&slot.state);
        let end = slot.changed.wait_timeout_while(state, timeout, |state| *state != wanted);
        let (state, _) = end.unwrap_or_else(PoisonError::into_inner);
        *state == wanted
    }
}

impl Drop for VirtualReader {
    fn drop(&mut self) {
        drop(self.remove());
    }
}

impl Inserted {
    fn take_out(self) -> VirtualCard {
        self.slot.taken_out.store(true, Ordering::SeqCst);
        if let Some(stream) = &*lock(&self.slot.stream) {
            // Fails only when the other side has closed it already.
            drop(stream.shutdown(Shutdown::Both));
        }
        self.thread.thread().unpark();
        self.thread.join().expect("the card's thread does not panic")
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Connects again and again until the card is taken out or goes away by itself.
fn serve(address: SocketAddr, slot: &Slot, mut card: VirtualCard) -> VirtualCard {
    while !slot.taken_out.load(Ordering::SeqCst) {
        match attend(address, slot, &mut card) {
            Ok(End::Pulled) => {
                slot.turn(SlotState::Empty);
                break;
            }
            Ok(End::ServiceLeft) => {}
            Err(error) => tracing::debug!(%error, "the card service is not reachable"),
        }
        slot.turn(SlotState::Unnoticed);
        if !slot.taken_out.load(Ordering::SeqCst) {
            thread::park_timeout(RETRY_INTERVAL);
        }
    }
    card.reset();
    card
}

enum End {
    Pulled,
    ServiceLeft,
}

fn attend(address: SocketAddr, slot: &Slot, card: &mut VirtualCard) -> io::Result<End> {
    let mut stream = TcpStream::connect_timeout(&address, CONNECT_TIMEOUT)?;
    stream.set_nodelay(true)?;
    *lock(&slot.stream) = Some(stream.try_clone()?);
    // Whoever takes the card out sets the mark first and shuts the stream down second.
    if slot.taken_out.load(Ordering::SeqCst) {
        return Ok(End::ServiceLeft);
    }
    let end = converse(&mut stream, slot, card);
    *lock(&slot.stream) = None;
    // Closing is how the driver learns that the card is gone.
    drop(stream.shutdown(Shutdown::Both));
    end
}

fn converse(stream: &mut TcpStream, slot: &Slot, card: &mut VirtualCard) -> io::Result<End> {
    let mut powered = false;
    loop {
        let Some(frame) = receive(stream)? else {
            return Ok(End::ServiceLeft);
        };
        match frame.as_slice() {
            [POWER_OFF | RESET] => card.reset(),
            [POWER_ON] => {
                card.reset();
                powered = true;
            }
            [GET_ATR] => {
                send(stream, &ATR)?;
                // The first question only looks whether something lies there; once there is
                // power, the service takes the card as present.
                if powered {
                    slot.turn(SlotState::Present);
                }
            }
            command => match card.transmit(command) {
                Some(answer) => send(stream, &answer)?,
                None => return Ok(End::Pulled),
            },
        }
    }
}

/// The driver writes length and content separately; unless the length is acknowledged at once, the
/// kernel delays it by some 40 ms. The option wears off, so it is set before every read.
fn receive(stream: &mut TcpStream) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 2];
    acknowledge_at_once(stream)?;
    match stream.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    acknowledge_at_once(stream)?;
    let mut frame = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut frame)?;
    acknowledge_at_once(stream)?;
    Ok(Some(frame))
}

fn acknowledge_at_once(stream: &TcpStream) -> io::Result<()> {
    SockRef::from(stream).set_tcp_quickack(true)
}

fn send(stream: &mut TcpStream, content: &[u8]) -> io::Result<()> {
    let length = u16::try_from(content.len())
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "answer too long"))?;
    let frame = [&length.to_be_bytes()[..], content].concat();
    stream.write_all(&frame)
}

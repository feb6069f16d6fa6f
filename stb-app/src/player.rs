//! Live television: MPEG transport streams over UDP, from the network to the screen.
//!
//! A thread per joined channel receives and keeps the latest group of pictures ([`ts`], [`gop`],
//! [`feed`]); the media thread builds pipelines and watches them; the window shows a [`Stage`],
//! which changes from the old picture to the new one at its first frame. Nothing here ever makes
//! the caller wait: [`Player`] only sends messages.
//!
//! Absent on purpose: which channel to show and what to say about its state. The core decides.

use std::{
    io,
    net::Ipv4Addr,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use gateway_api::provisioning::Channel;
use stb_core::event::PlayerState;

mod clock;
pub mod feed;
pub mod gop;
mod joins;
mod marks;
mod media;
mod pipeline;
mod receiver;
mod reception;
mod screen;
mod sound;
mod timing;
pub mod ts;
mod vitals;
mod watch;

pub use marks::{PictureCounts, ZapMarks};
pub use screen::{HeadlessScreen, Moment, Screen, Stage, StageScreen, Witness};

use marks::Marks;
use media::{Media, Message};
use sound::Loudness;
use vitals::Vitals;

/// How the player works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayerConfig {
    /// Interface that multicast comes from; unspecified lets the system choose.
    pub interface: Ipv4Addr,
    /// Most channels received at the same time, the shown one included.
    pub joined_channels: usize,
    /// How long a channel that is not wanted any more stays joined.
    pub linger: Duration,
    /// Most bytes kept of each channel.
    pub ring_bytes: usize,
    /// How far ahead of its time what is played has to arrive.
    pub margin: Duration,
    /// Whether to look for a sound device.
    pub sound: bool,
}

impl Default for PlayerConfig {
    fn default() -> Self {
        Self {
            interface: Ipv4Addr::UNSPECIFIED,
            joined_channels: 4,
            linger: Duration::from_secs(5),
            ring_bytes: 8_000_000,
            margin: Duration::from_millis(250),
            sound: true,
        }
    }
}

/// Why a channel cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum PlayerError {
    /// The media framework refused.
    #[error("the media framework refused: {0}")]
    Framework(#[from] gst::glib::BoolError),
    /// Two elements of a pipeline do not fit.
    #[error("two elements of a pipeline do not fit: {0}")]
    NotLinked(#[from] gst::PadLinkError),
    /// No pipeline element for the coding.
    #[error("nothing here can decode the channel")]
    NoDecoder,
    /// A pipeline did not start.
    #[error("a pipeline did not start: {0}")]
    NotStarted(#[from] gst::StateChangeError),
    /// The media framework is not installed properly.
    #[error("the media framework did not start: {0}")]
    NotInitialised(#[from] gst::glib::Error),
    /// The system has no thread or socket left.
    #[error("cannot receive: {0}")]
    Receive(#[from] io::Error),
    /// The address of the channel is none.
    #[error("{0:?} is not an address such as 239.255.36.1:5000")]
    UnknownSource(String),
}

/// Live television. Every method returns at once.
#[derive(Debug)]
pub struct Player {
    sender: mpsc::Sender<Message>,
    marks: Marks,
    vitals: Arc<Vitals>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Player {
    /// Starts the media thread. `events` is called on that thread.
    pub fn start(
        config: PlayerConfig,
        screen: Box<dyn Screen>,
        events: impl Fn(&str, PlayerState) + Send + 'static,
    ) -> io::Result<Self> {
        let (sender, inbox) = mpsc::channel();
        let marks = Marks::default();
        let channel = (sender.clone(), inbox);
        let vitals = Arc::new(Vitals::default());
        let shared = (marks.clone(), Arc::clone(&vitals));
        let thread = thread::Builder::new().name("player".into()).spawn(move || {
            Media::new(config, screen, Box::new(events), shared, channel).run();
        })?;
        Ok(Self { sender, marks, vitals, thread: Some(thread) })
    }

    /// Shows this channel; the picture before stays until the new one is there.
    pub fn tune(&self, channel: &Channel) {
        self.send(Message::Tune(channel.clone(), clock::now()));
    }

    /// Keeps these channels warm, most likely ones first.
    pub fn prefetch(&self, channels: &[Channel]) {
        self.send(Message::Prefetch(channels.to_vec()));
    }

    /// Sets the volume.
    pub fn set_volume(&self, percent: u8, muted: bool, ducked: bool) {
        self.send(Message::Loudness(Loudness { percent, muted, ducked }));
    }

    /// Plays the next sound of the channel shown. `told` hears, on the media thread, which one it is,
    /// from 1, and how many can be chosen from.
    pub fn next_sound(&self, told: impl FnOnce(&str, u16, u16) + Send + 'static) {
        self.send(Message::NextSound(Box::new(told)));
    }

    /// When the latest channel changes happened, oldest first.
    pub fn zaps(&self) -> Vec<ZapMarks> {
        self.marks.all()
    }

    /// Pictures of the channel on the screen, at most a moment old.
    pub fn counts(&self) -> PictureCounts {
        self.marks.counts()
    }

    /// Why the box should be reset for the player's sake: it hangs, or a channel that has signal lost its
    /// picture and nothing brought it back. No signal is no reason, nor is a picture behind an order: a restart
    /// would take that off the screen.
    pub fn complaint(&self, order_stands: bool) -> Option<&'static str> {
        self.vitals.complaint(clock::now(), order_stands)
    }

    /// Stops and waits until everything is stopped. Not for the GTK thread: pipelines may wait for
    /// that thread while they stop; there, drop the player.
    pub fn stop(mut self) {
        self.send(Message::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }

    fn send(&self, message: Message) {
        // After the media thread has ended there is nothing to be done.
        let _ = self.sender.send(message);
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.send(Message::Stop);
    }
}

/// Starts the media framework with the sink that is linked into this program.
fn prepare() -> Result<(), PlayerError> {
    gst::init()?;
    gstgtk4::plugin_register_static()?;
    Ok(())
}

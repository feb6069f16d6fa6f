//! One channel from transport stream to picture and sound.
//!
//! `appsrc ! tsdemux ! queue ! parser ! decoder [! deinterlace] ! videoscale ! videoconvert ! sink`
//! and the sound beside it. The first picture is shown at once; then both wait until enough is
//! there to go on without a gap (`timing`). Lives on the media thread.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use gst::{glib, prelude::*};

use super::{
    PlayerError,
    feed::Outlet,
    marks::PictureCounts,
    screen::Screen,
    sound::{Loudness, Sound, SoundOutput},
    timing::Timing,
    ts::{StreamInfo, VideoCodec},
};

/// Most bytes waiting in front of the demultiplexer and in each queue behind it.
const QUEUE_BYTES: u32 = 12_000_000;
/// A picture later than this is not converted any more.
const MAX_LATENESS: Duration = Duration::from_millis(60);
/// Threads of a software decoder; the rest of the machine belongs to the screen.
const DECODER_THREADS: i32 = 2;

/// What a pipeline tells about itself, on any thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PipelineEvent {
    /// The first picture left the decoder.
    Decoded,
    /// It cannot go on.
    Broke {
        /// The fault lies with the sound device.
        sound: bool,
    },
}

/// Told about events.
pub(super) type Listener = Arc<dyn Fn(PipelineEvent) + Send + Sync>;

/// A running pipeline. Stops when dropped, which takes a while: see `Scrap`.
pub(super) struct Pipeline {
    elements: gst::Pipeline,
    source: gst_app::AppSrc,
    scale: gst::Element,
    video_sink: gst::Element,
    sound: Arc<Sound>,
    /// Pictures are decoded but neither scaled nor shown.
    still: Arc<AtomicBool>,
}

impl Pipeline {
    /// Builds and starts a pipeline for what the channel consists of.
    pub(super) fn start(
        info: StreamInfo,
        screen: &dyn Screen,
        output: SoundOutput,
        loudness: Loudness,
        margin: Duration,
        listener: Listener,
    ) -> Result<Self, PlayerError> {
        let (_, codec) = info.video.ok_or(PlayerError::NoDecoder)?;
        let pipeline = gst::Pipeline::new();
        // Arrival times are monotonic system time; sound follows it.
        pipeline.use_clock(Some(&gst::SystemClock::obtain()));
        pipeline.set_latency(gst::ClockTime::ZERO);
        let source = appsrc();
        let demux = gst::ElementFactory::make("tsdemux")
            .property("latency", 0)
            .property("program-number", i32::from(info.program))
            .build()?;
        pipeline.add_many([source.upcast_ref(), &demux])?;
        source.link(&demux)?;
        let timing = Arc::new(Timing::new(margin));
        let scale = capsfilter(&size_caps(screen.size()))?;
        let video_sink = screen.sink()?;
        let still = Arc::default();
        let video = video_chain(&pipeline, codec, &scale, &video_sink, &still)?;
        let sound = Arc::new(Sound::new(output, loudness, info.has_audio, timing.clone()));
        timing.watch_video(&pipeline, &video, &video_sink, {
            let (sound, listener) = (sound.clone(), listener.clone());
            move || {
                sound.release();
                listener(PipelineEvent::Decoded);
            }
        })?;
        link_streams(&demux, &pipeline, video, sound.clone());
        watch_bus(&pipeline, &sound, listener)?;
        let started = Self { elements: pipeline, source, scale, video_sink, sound, still };
        started.elements.set_state(gst::State::Playing)?;
        Ok(started)
    }

    /// The sink of the picture.
    pub(super) fn video_sink(&self) -> &gst::Element {
        &self.video_sink
    }

    /// Where the stream goes in.
    pub(super) fn outlet(&self) -> Box<dyn Outlet> {
        Box::new(SourceOutlet { source: self.source.clone(), first: None })
    }

    /// Pictures so far.
    pub(super) fn counts(&self) -> PictureCounts {
        let stats = self.video_sink.property::<gst::Structure>("stats");
        let count = |name: &str| stats.get::<u64>(name).unwrap_or_default();
        PictureCounts { shown: count("rendered"), dropped: count("dropped") }
    }

    /// Sound runs, or there is none.
    pub(super) fn sound_settled(&self) -> bool {
        self.sound.settled()
    }

    /// Plays the next sound of the channel: its number, and how many there are.
    pub(super) fn next_sound(&self) -> (u16, u16) {
        self.sound.next()
    }

    /// How loud.
    pub(super) fn set_loudness(&self, loudness: Loudness) {
        self.sound.set_loudness(loudness);
    }

    /// Stands still, so that the machine's time belongs to the channel that comes; or goes on.
    pub(super) fn stand_still(&self, still: bool) {
        self.still.store(still, Ordering::Relaxed);
    }

    /// Scales to the size drawn now.
    pub(super) fn set_size(&self, size: Option<(i32, i32)>) {
        let caps = size_caps(size);
        if self.scale.property::<gst::Caps>("caps") != caps {
            self.scale.set_property("caps", &caps);
        }
    }

    /// The part that stopping takes time for.
    pub(super) fn into_scrap(self) -> Scrap {
        Scrap { pipeline: self.elements }
    }
}

/// A pipeline to be stopped by a thread that has time.
pub(super) struct Scrap {
    pipeline: gst::Pipeline,
}

impl Scrap {
    /// Stops it.
    pub(super) fn stop(self) {
        if let Some(bus) = self.pipeline.bus() {
            bus.unset_sync_handler();
        }
        if let Err(error) = self.pipeline.set_state(gst::State::Null) {
            tracing::warn!(%error, "a pipeline did not stop");
        }
    }
}

fn appsrc() -> gst_app::AppSrc {
    let caps = gst::Caps::builder("video/mpegts")
        .field("systemstream", true)
        .field("packetsize", 188)
        .build();
    gst_app::AppSrc::builder()
        .caps(&caps)
        .is_live(true)
        .format(gst::Format::Time)
        .max_bytes(u64::from(QUEUE_BYTES))
        .block(false)
        .build()
}

fn size_caps(size: Option<(i32, i32)>) -> gst::Caps {
    let caps = gst::Caps::builder("video/x-raw");
    match size {
        Some((width, height)) => caps
            .field("width", width)
            .field("height", height)
            .field("pixel-aspect-ratio", gst::Fraction::new(1, 1))
            .build(),
        None => caps.build(),
    }
}

pub(super) fn capsfilter(caps: &gst::Caps) -> Result<gst::Element, glib::BoolError> {
    gst::ElementFactory::make("capsfilter").property("caps", caps).build()
}

/// A queue of still coded data.
pub(super) fn queue() -> Result<gst::Element, glib::BoolError> {
    gst::ElementFactory::make("queue")
        .property("max-size-bytes", QUEUE_BYTES)
        .property("max-size-buffers", 0_u32)
        .property("max-size-time", 0_u64)
        .build()
}

/// Adds the picture's elements; returns the pad they begin with.
fn video_chain(
    pipeline: &gst::Pipeline,
    codec: VideoCodec,
    scale: &gst::Element,
    sink: &gst::Element,
    still: &Arc<AtomicBool>,
) -> Result<gst::Pad, PlayerError> {
    let queue = queue()?;
    let mut chain = vec![queue.clone()];
    chain.extend(decoder(codec)?);
    let convert = gst::ElementFactory::make("videoconvert").build()?;
    let scaler = gst::ElementFactory::make("videoscale").property("add-borders", true).build()?;
    drop_while(&scaler, still)?;
    // The one layout that needs no conversion when a window is drawn without a GPU.
    let layout = gst::Caps::builder("video/x-raw").field("format", "BGRA").build();
    chain.extend([scaler, scale.clone(), convert, capsfilter(&layout)?, sink.clone()]);
    if sink.has_property("max-lateness") {
        sink.set_property("max-lateness", nanos(MAX_LATENESS));
    }
    pipeline.add_many(&chain)?;
    gst::Element::link_many(&chain)?;
    queue.static_pad("sink").ok_or(PlayerError::NoDecoder)
}

fn drop_while(element: &gst::Element, still: &Arc<AtomicBool>) -> Result<(), PlayerError> {
    let pad = element.static_pad("sink").ok_or(PlayerError::NoDecoder)?;
    let still = Arc::clone(still);
    pad.add_probe(gst::PadProbeType::BUFFER, move |_, _| {
        if still.load(Ordering::Relaxed) {
            // `Drop` would make GStreamer 1.22 release the picture twice.
            gst::PadProbeReturn::Handled
        } else {
            gst::PadProbeReturn::Ok
        }
    });
    Ok(())
}

/// Parser, best decoder of this machine and, where pictures may be interlaced, their repair.
fn decoder(codec: VideoCodec) -> Result<Vec<gst::Element>, PlayerError> {
    let (parser, caps) = match codec {
        VideoCodec::Mpeg2 => ("mpegvideoparse", mpeg2_caps()),
        VideoCodec::H264 => ("h264parse", gst::Caps::new_empty_simple("video/x-h264")),
        VideoCodec::H265 => ("h265parse", gst::Caps::new_empty_simple("video/x-h265")),
    };
    let factory = best_decoder(&caps).ok_or(PlayerError::NoDecoder)?;
    let decoder = factory.create().build()?;
    if decoder.has_property("max-threads") {
        decoder.set_property("max-threads", DECODER_THREADS);
    }
    if decoder.has_property("output-corrupt") {
        decoder.set_property("output-corrupt", false);
    }
    let mut elements = vec![gst::ElementFactory::make(parser).build()?, decoder];
    if codec != VideoCodec::H265 {
        // One field per picture: half the work, and calm enough for a television programme.
        let deinterlace = gst::ElementFactory::make("deinterlace")
            .property_from_str("fields", "top")
            .property_from_str("method", "linear")
            .build()?;
        elements.push(deinterlace);
    }
    Ok(elements)
}

fn mpeg2_caps() -> gst::Caps {
    gst::Caps::builder("video/mpeg").field("mpegversion", 2).field("systemstream", false).build()
}

/// Whether this machine can show the coding.
pub(super) fn can_decode(codec: VideoCodec) -> bool {
    decoder(codec).is_ok()
}

/// Loads what showing this coding needs. False when this machine cannot.
pub(super) fn warm_up(codec: VideoCodec) -> bool {
    let Ok(mut elements) = decoder(codec) else { return false };
    elements.extend(
        ["tsdemux", "videoscale", "videoconvert", "aacparse", "avdec_aac", "audioresample"]
            .into_iter()
            .filter_map(|name| gst::ElementFactory::make(name).build().ok()),
    );
    for element in elements {
        let _ = element.set_state(gst::State::Ready);
        let _ = element.set_state(gst::State::Null);
    }
    true
}

/// The decoder of highest rank; hardware ranks above software where it exists.
pub(super) fn best_decoder(caps: &gst::Caps) -> Option<gst::ElementFactory> {
    let decoders = gst::ElementFactory::factories_with_type(
        gst::ElementFactoryType::DECODER,
        gst::Rank::MARGINAL,
    );
    let mut fitting: Vec<_> =
        decoders.into_iter().filter(|factory| factory.can_sink_any_caps(caps)).collect();
    fitting.sort_by_key(|factory| std::cmp::Reverse(factory.rank()));
    fitting.into_iter().next()
}

fn nanos(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}

/// Links the first picture and the first sound that the demultiplexer finds.
fn link_streams(
    demux: &gst::Element,
    pipeline: &gst::Pipeline,
    video: gst::Pad,
    sound: Arc<Sound>,
) {
    let pipeline = pipeline.downgrade();
    demux.connect_pad_added(move |_, pad| {
        let Some(pipeline) = pipeline.upgrade() else { return };
        let name = pad.name();
        let linked = if name.starts_with("video") && !video.is_linked() {
            pad.link(&video).map(|_| ()).map_err(|error| error.to_string())
        } else if name.starts_with("audio") {
            sound.link(&pipeline, pad).map_err(|error| error.to_string())
        } else {
            Ok(())
        };
        if let Err(error) = linked {
            tracing::warn!(%error, stream = %name, "a stream of the channel is left out");
        }
    });
}

fn watch_bus(
    pipeline: &gst::Pipeline,
    sound: &Arc<Sound>,
    listener: Listener,
) -> Result<(), PlayerError> {
    let bus = pipeline.bus().ok_or(PlayerError::NoDecoder)?;
    let sound = Arc::downgrade(sound);
    bus.set_sync_handler(move |_, message| {
        if let gst::MessageView::Error(error) = message.view() {
            let of_sound = sound.upgrade().zip(message.src()).is_some_and(|(s, src)| s.owns(src));
            tracing::warn!(error = %error.error(), debug = ?error.debug(), "a pipeline broke");
            listener(PipelineEvent::Broke { sound: of_sound });
        }
        gst::BusSyncReply::Drop
    });
    Ok(())
}

/// Puts the stream into the pipeline with its arrival times, the first at 0.
struct SourceOutlet {
    source: gst_app::AppSrc,
    first: Option<Duration>,
}

impl Outlet for SourceOutlet {
    fn put(&mut self, arrived: Duration, bytes: &[u8]) -> bool {
        let waiting = self.source.current_level_bytes();
        if waiting + bytes.len() as u64 > u64::from(QUEUE_BYTES) {
            return false;
        }
        let first = *self.first.get_or_insert(arrived);
        let stamp = arrived.saturating_sub(first);
        let mut buffer = gst::Buffer::from_mut_slice(bytes.to_vec());
        if let Some(buffer) = buffer.get_mut() {
            buffer.set_pts(gst::ClockTime::try_from(stamp).ok());
            buffer.set_dts(gst::ClockTime::try_from(stamp).ok());
        }
        self.source.push_buffer(buffer).is_ok()
    }
}

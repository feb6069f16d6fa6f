//! Live test programmes: a calm picture that moves, a clock that ticks, a soft tone, as an MPEG
//! transport stream over UDP. A picture taken from the screen proves by its clock that it is live.

use std::{
    net::{Ipv4Addr, SocketAddrV4, UdpSocket},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, ensure};
use gst::prelude::*;
use socket2::{Domain, SockAddr, Socket, Type};

mod picture;
mod scene;

pub use picture::{Picture, Scenery};

/// Japan is nine hours ahead, all year.
const JAPAN_OFFSET: Duration = Duration::from_hours(9);

/// Widest MPEG-2 picture: the one encoder that works in Debian 12 needs 0.2 s of CPU for each at
/// 1280x720.
const MPEG2_WIDTH_MAX: u32 = 480;

/// How the picture is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Codec {
    /// As IP channels.
    H264,
    /// As terrestrial channels on cable.
    Mpeg2,
}

/// One test programme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programme {
    /// Where it is sent to: a multicast group or one receiver.
    pub group: SocketAddrV4,
    /// Interface it is sent from.
    pub interface: Ipv4Addr,
    /// Name shown in the picture.
    pub name: String,
    /// Number shown in the picture; also chooses the scenery and the tone.
    pub number: u16,
    /// Width and height, both even.
    pub size: (u32, u32),
    /// Pictures per second.
    pub fps: u32,
    /// How the picture is coded.
    pub codec: Codec,
    /// Distance of the pictures at which a decoder may start.
    pub gop: Duration,
    /// With sound.
    pub sound: bool,
}

impl Programme {
    /// A small programme for tests.
    pub fn small(group: SocketAddrV4, number: u16) -> Self {
        Self {
            group,
            interface: Ipv4Addr::LOCALHOST,
            name: format!("チャンネル{number}"),
            number,
            size: (320, 180),
            fps: 25,
            codec: Codec::H264,
            gop: Duration::from_millis(500),
            sound: true,
        }
    }
}

/// A programme on the air until it is dropped.
#[derive(Debug)]
pub struct Broadcast {
    pipeline: gst::Pipeline,
}

impl Broadcast {
    /// Goes on the air.
    pub fn start(programme: &Programme) -> Result<Self> {
        ensure!(
            programme.codec != Codec::Mpeg2 || programme.size.0 <= MPEG2_WIDTH_MAX,
            "MPEG-2 is coded too slowly here: at most {MPEG2_WIDTH_MAX} wide"
        );
        gst::init()?;
        let pipeline = gst::parse::launch(&description(programme))?
            .downcast::<gst::Pipeline>()
            .map_err(|_| anyhow::anyhow!("the description makes a pipeline"))?;
        feed_pictures(&pipeline, programme)?;
        send_packets(&pipeline, programme)?;
        pipeline.set_state(gst::State::Playing)?;
        Ok(Self { pipeline })
    }

    /// Waits until it ends, which it does only by a fault.
    pub fn wait(&self) -> Result<()> {
        let bus = self.pipeline.bus().context("a pipeline has a bus")?;
        let kinds = [gst::MessageType::Error, gst::MessageType::Eos];
        match bus.timed_pop_filtered(gst::ClockTime::NONE, &kinds) {
            Some(message) => anyhow::bail!("the programme ended: {message:?}"),
            None => Ok(()),
        }
    }
}

impl Drop for Broadcast {
    fn drop(&mut self) {
        let _ = self.pipeline.set_state(gst::State::Null);
    }
}

fn description(programme: &Programme) -> String {
    let Programme { size: (width, height), fps, number, .. } = programme;
    let gop = (programme.gop.as_millis() * u128::from(*fps) / 1000).max(1);
    let (margin, bitrate) = (width / 20, width * height * fps / 8000);
    let encoder = match programme.codec {
        Codec::H264 => format!(
            "x264enc tune=zerolatency speed-preset=ultrafast threads=1 bframes=0 \
             key-int-max={gop} bitrate={bitrate} ! video/x-h264,profile=main ! \
             h264parse config-interval=-1"
        ),
        // Debian's avenc_mpeg2video refuses every frame rate.
        Codec::Mpeg2 => format!(
            "mpeg2enc format=3 constraints=false interlace-mode=0 bufsize=800 bitrate={} min-gop-size={gop} max-gop-size={gop} \
             ! mpegvideoparse",
            bitrate * 3
        ),
    };
    let text = "font-desc=\"BIZ UDPGothic Bold 20\" shaded-background=true shading-value=90 \
                draw-shadow=false draw-outline=false valignment=top";
    let picture = format!(
        "appsrc name=pictures format=time block=true max-buffers=2 \
         caps=video/x-raw,format=I420,width={width},height={height},framerate={fps}/1,\
         pixel-aspect-ratio=1/1,colorimetry=bt709 ! \
         textoverlay name=name {text} halignment=left xpad={margin} ypad={margin} ! \
         textoverlay name=clock {text} halignment=right xpad={margin} ypad={margin} ! \
         {encoder} ! queue ! mux."
    );
    // A fifth, a fourth, a third: each channel has its own quiet tone.
    let tone = 220 + 55 * (u32::from(*number) % 4);
    let sound = format!(
        "audiotestsrc wave=sine freq={tone} volume=0.03 samplesperbuffer=1024 ! \
         audio/x-raw,rate=48000,channels=2 ! avenc_aac bitrate=96000 ! aacparse ! queue ! mux."
    );
    format!(
        "{picture} {} mpegtsmux name=mux alignment=7 ! \
         appsink name=packets sync=true max-buffers=100",
        if programme.sound { sound.as_str() } else { "" }
    )
}

fn feed_pictures(pipeline: &gst::Pipeline, programme: &Programme) -> Result<()> {
    let source = pipeline.by_name("pictures").context("named above")?;
    let source = source.downcast::<gst_app::AppSrc>().map_err(|_| anyhow::anyhow!("an appsrc"))?;
    let name = pipeline.by_name("name").context("named above")?;
    name.set_property("text", format!(" {}  {} ", programme.number, programme.name));
    let clock = pipeline.by_name("clock").context("named above")?;
    let begun = wall_clock();
    let (fps, (width, height)) = (u64::from(programme.fps), programme.size);
    let mut picture = Picture::new(width, height, Scenery::of(programme.number));
    let mut count = 0_u64;
    let mut shown_second = None;
    let callbacks = gst_app::AppSrcCallbacks::builder().need_data(move |source, _| {
        let at = Duration::from_nanos(count * 1_000_000_000 / fps);
        let second = (begun + at).as_secs();
        if shown_second.replace(second) != Some(second) {
            clock.set_property("text", time_of_day(second));
        }
        let mut buffer = gst::Buffer::from_mut_slice(picture.at(at).to_vec());
        if let Some(buffer) = buffer.get_mut() {
            buffer.set_pts(gst::ClockTime::try_from(at).ok());
            buffer.set_duration(gst::ClockTime::SECOND / fps);
        }
        count += 1;
        // Refused only when the pipeline is being stopped.
        let _ = source.push_buffer(buffer);
    });
    source.set_callbacks(callbacks.build());
    Ok(())
}

fn time_of_day(second: u64) -> String {
    let (hour, minute) = (second / 3600 % 24, second / 60 % 60);
    format!(" {hour:02}:{minute:02}:{:02} ", second % 60)
}

fn wall_clock() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + JAPAN_OFFSET
}

fn send_packets(pipeline: &gst::Pipeline, programme: &Programme) -> Result<()> {
    let sink = pipeline.by_name("packets").context("named above")?;
    let sink = sink.downcast::<gst_app::AppSink>().map_err(|_| anyhow::anyhow!("an appsink"))?;
    let socket = open(programme)?;
    let group = programme.group;
    let callbacks = gst_app::AppSinkCallbacks::builder().new_sample(move |sink| {
        let sample = sink.pull_sample().map_err(|_| gst::FlowError::Eos)?;
        let packets = sample.buffer().and_then(|buffer| buffer.map_readable().ok());
        if let Some(packets) = packets {
            // Nobody listening on a unicast address is no fault of the programme.
            let _ = socket.send_to(&packets, group);
        }
        Ok(gst::FlowSuccess::Ok)
    });
    sink.set_callbacks(callbacks.build());
    Ok(())
}

fn open(programme: &Programme) -> Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    socket.bind(&SockAddr::from(SocketAddrV4::new(programme.interface, 0)))?;
    socket.set_multicast_if_v4(&programme.interface)?;
    socket.set_multicast_loop_v4(true)?;
    // Never leaves the machine by accident.
    socket.set_multicast_ttl_v4(u32::from(!programme.interface.is_loopback()))?;
    Ok(socket.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_shows_the_time_of_day() {
        assert_eq!(time_of_day(9 * 3600 + 5 * 60 + 7), " 09:05:07 ");
        assert_eq!(time_of_day(24 * 3600), " 00:00:00 ");
    }
}

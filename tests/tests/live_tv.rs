//! Live television from a real sender over real sockets through the real pipeline.

use std::time::Duration;

use anyhow::Result;
use gst::prelude::*;
use hitokoe_tests::channels::{Broadcast, Codec, Programme};
use stb_app::player::PlayerConfig;
use stb_core::event::PlayerState::{NoSignal, Playing, Tuning, Unsupported};

#[path = "live_tv/living_room.rs"]
mod living_room;

use living_room::{LivingRoom, channel};

/// The programme of hills is warm, that of the harbour is not.
fn is_warm([blue, _, red]: living_room::Colour) -> bool {
    red > blue + 30
}

#[test]
fn a_channel_shows_its_picture_and_then_plays() -> Result<()> {
    let (one, address) = channel(1, true)?;
    let _programme = Broadcast::start(&Programme::small(address, 1))?;
    let room = LivingRoom::new(&PlayerConfig::default())?;
    room.player.tune(&one);
    room.comes_up(&one)?;
    assert!(is_warm(room.colour()?));
    let zap = room.last_zap()?;
    assert!(zap.decoded <= zap.shown && zap.shown <= zap.painted, "{zap:?}");
    room.player.stop();
    Ok(())
}

#[test]
fn mpeg2_and_unicast_play_too() -> Result<()> {
    let (one, address) = channel(1, false)?;
    let programme = Programme { codec: Codec::Mpeg2, ..Programme::small(address, 1) };
    let _programme = Broadcast::start(&programme)?;
    let room = LivingRoom::new(&PlayerConfig::default())?;
    room.player.tune(&one);
    room.comes_up(&one)?;
    assert!(is_warm(room.colour()?));
    room.player.stop();
    Ok(())
}

#[test]
fn a_neighbour_is_shown_from_its_ring() -> Result<()> {
    let ((one, first), (two, second)) = (channel(1, true)?, channel(2, true)?);
    let _programmes = [
        Broadcast::start(&Programme::small(first, 1))?,
        Broadcast::start(&Programme::small(second, 2))?,
    ];
    let room = LivingRoom::new(&PlayerConfig::default())?;
    room.player.prefetch(&[one.clone(), two.clone()]);
    room.player.tune(&one);
    room.until(&one, Playing)?;
    room.player.tune(&two);
    room.comes_up(&two)?;
    assert!(!is_warm(room.colour()?));
    // The first channel was received all the time, and has been shown from a start before.
    room.player.tune(&one);
    room.comes_up(&one)?;
    assert!(is_warm(room.colour()?));
    assert!(room.last_zap()?.cached);
    room.player.stop();
    Ok(())
}

#[test]
fn without_neighbours_a_change_still_works() -> Result<()> {
    let ((one, first), (two, second)) = (channel(1, true)?, channel(2, true)?);
    let _programmes = [
        Broadcast::start(&Programme::small(first, 1))?,
        Broadcast::start(&Programme::small(second, 2))?,
    ];
    let single =
        PlayerConfig { joined_channels: 1, linger: Duration::ZERO, ..PlayerConfig::default() };
    let room = LivingRoom::new(&single)?;
    room.player.tune(&one);
    room.until(&one, Playing)?;
    room.player.tune(&two);
    room.until(&two, Playing)?;
    assert!(!is_warm(room.colour()?));
    room.player.stop();
    Ok(())
}

#[test]
fn of_many_presses_the_last_one_counts() -> Result<()> {
    let ((one, first), (two, second)) = (channel(1, true)?, channel(2, true)?);
    let _programmes = [
        Broadcast::start(&Programme::small(first, 1))?,
        Broadcast::start(&Programme::small(second, 2))?,
    ];
    let room = LivingRoom::new(&PlayerConfig::default())?;
    room.player.prefetch(&[one.clone(), two.clone()]);
    for _ in 0..20 {
        room.player.tune(&two);
        room.player.tune(&one);
    }
    room.player.tune(&two);
    let mut told = Vec::new();
    while told.last() != Some(&(two.channel_id.clone(), Playing)) {
        told.push(room.next()?);
    }
    let last_request = told.iter().rposition(|(_, state)| *state == Tuning);
    let after = &told[last_request.expect("tuning comes first")..];
    assert!(after.iter().all(|(id, _)| *id == two.channel_id), "{told:?}");
    assert!(!is_warm(room.colour()?));
    room.player.stop();
    Ok(())
}

#[test]
fn a_change_taken_back_keeps_the_picture() -> Result<()> {
    let ((one, first), (nobody, _)) = (channel(1, true)?, channel(2, true)?);
    let _programme = Broadcast::start(&Programme::small(first, 1))?;
    let room = LivingRoom::new(&PlayerConfig::default())?;
    room.player.tune(&one);
    room.until(&one, Playing)?;
    room.player.tune(&nobody);
    assert_eq!(room.next()?, (nobody.channel_id, Tuning));
    room.player.tune(&one);
    room.comes_up(&one)?;
    let zap = room.last_zap()?;
    assert!(zap.painted.is_some() && zap.decoded.is_none(), "nothing was built anew: {zap:?}");
    room.player.stop();
    Ok(())
}

#[test]
fn a_channel_asked_for_twice_is_told_again() -> Result<()> {
    let (one, address) = channel(1, true)?;
    let _programme = Broadcast::start(&Programme::small(address, 1))?;
    let room = LivingRoom::new(&PlayerConfig::default())?;
    room.player.tune(&one);
    room.until(&one, Playing)?;
    room.player.tune(&one);
    assert_eq!(room.next()?, (one.channel_id, Playing));
    room.player.stop();
    Ok(())
}

#[test]
fn a_lost_signal_is_told_and_comes_back() -> Result<()> {
    let (one, address) = channel(1, true)?;
    let room = LivingRoom::new(&PlayerConfig::default())?;
    room.player.tune(&one);
    assert_eq!(room.until(&one, NoSignal)?, [Tuning, NoSignal], "nobody sends yet");
    let programme = Broadcast::start(&Programme::small(address, 1))?;
    room.comes_up(&one)?;
    drop(programme);
    assert_eq!(room.until(&one, NoSignal)?, [NoSignal]);
    let _programme = Broadcast::start(&Programme::small(address, 2))?;
    room.comes_up(&one)?;
    assert!(!is_warm(room.colour()?), "the new programme is shown, not the old one");
    room.player.stop();
    Ok(())
}

#[test]
fn a_channel_without_a_picture_is_said_to_be_none() -> Result<()> {
    let (radio, address) = channel(1, false)?;
    gst::init()?;
    let sender = gst::parse::launch(&format!(
        "audiotestsrc is-live=true ! avenc_aac ! mpegtsmux alignment=7 ! \
         udpsink host=127.0.0.1 port={}",
        address.port()
    ))?;
    sender.set_state(gst::State::Playing)?;
    let room = LivingRoom::new(&PlayerConfig::default())?;
    room.player.tune(&radio);
    room.until(&radio, Unsupported)?;
    sender.set_state(gst::State::Null)?;
    room.player.stop();
    Ok(())
}

#[test]
fn an_address_that_is_none_ends_in_no_signal() -> Result<()> {
    let (mut broken, _) = channel(1, true)?;
    broken.source = "テレビ".to_owned();
    let room = LivingRoom::new(&PlayerConfig::default())?;
    room.player.tune(&broken);
    assert_eq!(room.until(&broken, NoSignal)?, [Tuning, NoSignal]);
    room.player.stop();
    Ok(())
}

/// Two tones beside one picture, as a programme in two languages.
fn sender_in_two_languages(port: u16) -> Result<gst::Element> {
    gst::init()?;
    let tone = |frequency: u32| {
        format!(
            "audiotestsrc is-live=true wave=sine freq={frequency} volume=0.3 ! \
             audio/x-raw,rate=48000,channels=2 ! avenc_aac ! aacparse ! queue ! mux. "
        )
    };
    Ok(gst::parse::launch(&format!(
        "videotestsrc is-live=true ! video/x-raw,width=320,height=180,framerate=25/1 ! \
         x264enc tune=zerolatency key-int-max=12 ! h264parse config-interval=-1 ! queue ! mux. \
         {} {} mpegtsmux name=mux alignment=7 ! udpsink host=127.0.0.1 port={port}",
        tone(LOW),
        tone(HIGH)
    ))?)
}

const LOW: u32 = 300;
const HIGH: u32 = 1_500;

#[test]
fn the_sound_key_changes_what_is_heard_and_comes_round() -> Result<()> {
    let (one, address) = channel(1, false)?;
    let sender = sender_in_two_languages(address.port())?;
    sender.set_state(gst::State::Playing)?;
    let room = LivingRoom::new(&PlayerConfig { sound: false, ..PlayerConfig::default() })?;
    room.player.tune(&one);
    room.until(&one, Playing)?;
    let first = room.hears(&[LOW, HIGH])?;
    let other = if first == LOW { HIGH } else { LOW };
    for (number, heard) in [(2, other), (1, first), (2, other)] {
        assert_eq!(room.next_sound()?, (one.channel_id.clone(), number, 2));
        room.hears(&[heard])?;
    }
    sender.set_state(gst::State::Null)?;
    room.player.stop();
    Ok(())
}

#[test]
fn a_channel_with_one_sound_keeps_it() -> Result<()> {
    let (one, address) = channel(1, false)?;
    let _programme = Broadcast::start(&Programme::small(address, 1))?;
    let room = LivingRoom::new(&PlayerConfig::default())?;
    room.player.tune(&one);
    room.until(&one, Playing)?;
    assert_eq!(room.next_sound()?, (one.channel_id, 1, 1));
    room.player.stop();
    Ok(())
}

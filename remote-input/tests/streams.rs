//! Recorded streams through the same decoder as live input.
//!
//! A line `#=> milliseconds Key Action` in a stream says what is expected, in order.

use std::path::Path;

use remote_input::{
    Keymap, Rules,
    decoder::{Decoded, Decoder},
    recording,
};

fn decoded(stream: &str) -> Result<Vec<String>, recording::RecordingError> {
    let mut decoder = Decoder::new(Keymap::default(), Rules::default());
    let told = |key: Decoded| format!("{} {:?} {:?}", key.time_us / 1_000, key.key, key.action);
    let recorded = recording::parse(stream)?;
    Ok(recorded
        .iter()
        .filter_map(|one| decoder.decode(one.event, one.read_at_us).map(told))
        .collect())
}

#[track_caller]
fn check(name: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/streams").join(name);
    let stream = std::fs::read_to_string(&file).expect("the stream is in the repository");
    let expected: Vec<&str> = stream.lines().filter_map(|line| line.strip_prefix("#=> ")).collect();
    assert!(!expected.is_empty(), "{name} expects nothing");
    assert_eq!(decoded(&stream).expect("a valid stream"), expected, "{name}");
}

#[test]
fn an_infrared_receiver_with_the_kernels_own_repeat() {
    check("infrared-hold.txt");
}

#[test]
fn a_television_that_sends_its_remote_over_hdmi() {
    check("cec-hold.txt");
}

#[test]
fn a_trembling_hand_on_the_digits_of_a_pin() {
    check("pin-bounce.txt");
}

#[test]
fn keys_pressed_while_the_box_was_busy() {
    check("busy-box.txt");
}

#[test]
fn a_queue_that_overflowed() {
    check("overflow.txt");
}

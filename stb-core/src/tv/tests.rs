//! Keys of the remote, and what the television does.

use super::*;

pub(crate) fn channel(number: u16) -> Channel {
    Channel {
        channel_id: format!("ch{number}"),
        number,
        name: format!("チャンネル{number}"),
        source: format!("239.255.36.{number}:5000"),
    }
}

fn television() -> LiveTv {
    let mut tv = LiveTv::new(Volume::new(40, false));
    let wish = tv.set_channels(0, [3, 1, 10, 12, 101].map(channel).to_vec(), None);
    assert_eq!(tuned(&wish), Some(1));
    tv
}

fn tuned(wish: &Wish) -> Option<u16> {
    match wish {
        Wish::Tune { channel, .. } => Some(channel.number),
        Wish::Nothing => None,
    }
}

fn number_shown(tv: &LiveTv) -> Option<String> {
    match tv.banner() {
        Some(BannerView::Channel { number, .. }) => Some(number),
        _ => None,
    }
}

#[test]
fn a_one_touch_key_tunes_at_once_and_the_banner_leaves_after_four_seconds() {
    let mut tv = television();
    let wish = tv.digit(1_000, 3).expect("channel 3 exists");
    assert_eq!(tuned(&wish), Some(3));
    assert_eq!(number_shown(&tv).as_deref(), Some("3"));
    tv.reach(4_999);
    assert!(tv.banner().is_some());
    tv.reach(5_000);
    assert!(tv.banner().is_none());
}

#[test]
fn ten_arrives_as_zero() {
    let mut tv = television();
    assert_eq!(tv.digit(1_000, 0).as_ref().and_then(tuned), Some(10));
    assert_eq!(tv.digit(2_000, 12).as_ref().and_then(tuned), Some(12));
}

#[test]
fn a_held_channel_key_moves_the_banner_at_once_and_the_player_every_quarter_second() {
    let mut tv = television();
    let mut tunings = 0;
    for press in 0..8 {
        let at = 1_000 + press * 100;
        while let Some(due) = tv.tune_due.filter(|due| *due <= at) {
            tunings += u32::from(tuned(&tv.reach(due)).is_some());
        }
        let wish = tv.step(at, Step::Up).expect("there are channels");
        tunings += u32::from(tuned(&wish).is_some());
    }
    assert_eq!(number_shown(&tv).as_deref(), Some("12"));
    assert_eq!(tunings, 3, "700 ms of holding: at 0, 250 and 500 ms");
    let due = tv.tune_due.expect("the last step still waits");
    assert_eq!((due, tuned(&tv.reach(due))), (1_750, Some(12)));
}

#[test]
fn three_digits_commit_at_the_third_or_after_a_pause() {
    let mut tv = television();
    tv.begin_typing(1_000);
    assert_eq!(tv.digit(1_100, 1), Some(Wish::Nothing));
    assert_eq!(number_shown(&tv).as_deref(), Some("1--"));
    assert_eq!(tv.digit(1_200, 0), Some(Wish::Nothing));
    assert_eq!(tv.digit(1_300, 1).as_ref().and_then(tuned), Some(101));

    tv.begin_typing(5_000);
    assert_eq!(tv.digit(5_100, 3), Some(Wish::Nothing));
    assert_eq!(tuned(&tv.reach(6_599)), None);
    assert_eq!(tuned(&tv.reach(6_600)), Some(3));
}

#[test]
fn an_unknown_number_is_said_and_changes_nothing() {
    let mut tv = television();
    assert_eq!(tv.digit(1_000, 7), None);
    assert_eq!(number_shown(&tv).as_deref(), Some("7"));
    assert_eq!(tv.current_channel().map(|channel| channel.number), Some(1));
}

#[test]
fn the_previous_channel_is_the_one_watched_before() {
    let mut tv = television();
    assert_eq!(tv.go_back(500), None);
    tv.digit(1_000, 3);
    assert_eq!(tv.go_back(2_000).as_ref().and_then(tuned), Some(1));
    assert_eq!(tv.go_back(3_000).as_ref().and_then(tuned), Some(3));
}

#[test]
fn new_channels_keep_the_present_one() {
    let mut tv = television();
    tv.digit(1_000, 3);
    let wish = tv.set_channels(2_000, [1, 3].map(channel).to_vec(), None);
    assert_eq!(wish, Wish::Nothing);
    let wish = tv.set_channels(3_000, vec![channel(5)], None);
    assert_eq!(tuned(&wish), Some(5));
    tv.set_channels(4_000, Vec::new(), None);
    assert_eq!(tv.notice(), Some(say::no_channels()));
    assert_eq!(tv.step(5_000, Step::Up), None);
}

//! Finds pictures at which a decoder may start, for senders that do not flag them.

use super::VideoCodec;

/// How much of a picture's beginning is looked at: parameter sets and SEI come first.
const LOOK_AT: usize = 4096;

/// How deep into one SEI unit messages are followed.
const SEI_MESSAGES: usize = 16;

/// Reads the beginning of one picture.
#[derive(Debug, Default)]
pub(super) struct AccessScanner {
    head: Vec<u8>,
    /// Start codes before this position have been judged.
    judged: usize,
    verdict: Option<bool>,
}

enum Unit {
    Start,
    Dependent,
    Neutral,
    Unfinished,
}

impl AccessScanner {
    /// Begins a picture with the payload of the first packet, a PES head in front.
    /// True when the picture is found to be a start.
    pub(super) fn begin(&mut self, codec: VideoCodec, payload: &[u8]) -> bool {
        self.head.clear();
        self.judged = 0;
        self.verdict = None;
        let Some(stream) = behind_pes_head(payload) else {
            self.verdict = Some(false);
            return false;
        };
        self.go_on(codec, stream)
    }

    /// Goes on with the next packet of the picture. True when it is *now* found to be a start.
    pub(super) fn go_on(&mut self, codec: VideoCodec, payload: &[u8]) -> bool {
        if self.verdict.is_some() {
            return false;
        }
        let room = LOOK_AT - self.head.len();
        self.head.extend_from_slice(&payload[..payload.len().min(room)]);
        self.judge(codec);
        if self.verdict.is_none() && self.head.len() == LOOK_AT {
            self.verdict = Some(false);
        }
        self.verdict == Some(true)
    }

    fn judge(&mut self, codec: VideoCodec) {
        while let Some(found) = find_start_code(&self.head[self.judged..]) {
            let unit = &self.head[self.judged + found + 3..];
            match classify(codec, unit) {
                Unit::Start => self.verdict = Some(true),
                Unit::Dependent => self.verdict = Some(false),
                Unit::Neutral => {
                    self.judged += found + 3;
                    continue;
                }
                Unit::Unfinished => self.judged += found,
            }
            return;
        }
        // A start code may be cut by the packet's end.
        self.judged = self.judged.max(self.head.len().saturating_sub(2));
    }
}

fn behind_pes_head(payload: &[u8]) -> Option<&[u8]> {
    let head = payload.get(..9)?;
    let is_video = head[..3] == [0, 0, 1] && head[3] & 0xf0 == 0xe0;
    if is_video { payload.get(9 + usize::from(head[8])..) } else { None }
}

fn find_start_code(bytes: &[u8]) -> Option<usize> {
    bytes.windows(3).position(|window| window == [0, 0, 1])
}

fn classify(codec: VideoCodec, unit: &[u8]) -> Unit {
    let Some(&first) = unit.first() else { return Unit::Unfinished };
    match codec {
        VideoCodec::Mpeg2 => match first {
            0xb3 => Unit::Start,
            0x00 => Unit::Dependent,
            _ => Unit::Neutral,
        },
        VideoCodec::H264 => match first & 0x1f {
            5 => Unit::Start,
            1..=4 => Unit::Dependent,
            6 => classify_sei(&unit[1..]),
            _ => Unit::Neutral,
        },
        VideoCodec::H265 => match (first >> 1) & 0x3f {
            16..=23 => Unit::Start,
            0..=15 => Unit::Dependent,
            _ => Unit::Neutral,
        },
    }
}

/// H.264 Annex D: message 6 is a recovery point.
fn classify_sei(mut messages: &[u8]) -> Unit {
    for _ in 0..SEI_MESSAGES {
        let Some((&kind, rest)) = messages.split_first() else { return Unit::Unfinished };
        match kind {
            6 => return Unit::Start,
            // The trailing bit ends the unit; extended types are none that we look for.
            0x80 | 0xff => return Unit::Neutral,
            _ => {}
        }
        let Some((&size, rest)) = rest.split_first() else { return Unit::Unfinished };
        if size == 0xff {
            return Unit::Neutral;
        }
        let Some(behind) = rest.get(usize::from(size)..) else { return Unit::Unfinished };
        messages = behind;
    }
    Unit::Neutral
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds the picture in pieces of every size and expects the same verdict.
    fn check(codec: VideoCodec, stream: &[u8], wanted: bool) {
        for size in 1..=stream.len() {
            let mut scanner = AccessScanner::default();
            let mut pes = vec![0, 0, 1, 0xe0, 0, 0, 0x80, 0, 0];
            let mut chunks = stream.chunks(size);
            pes.extend(chunks.next().unwrap_or_default());
            let mut found = scanner.begin(codec, &pes);
            for chunk in chunks {
                found |= scanner.go_on(codec, chunk);
            }
            assert_eq!(found, wanted, "pieces of {size}");
        }
    }

    #[test]
    fn h264_starts_at_idr_and_recovery_point() {
        check(VideoCodec::H264, super::super::sample::IDR, true);
        check(VideoCodec::H264, super::super::sample::DEPENDENT, false);
        let recovery = [0, 0, 1, 9, 0x10, 0, 0, 1, 6, 0, 2, 8, 8, 6, 1, 0x84, 0x80, 0, 0, 1, 0x41];
        check(VideoCodec::H264, &recovery, true);
        let timing_only = [0, 0, 1, 6, 1, 2, 8, 8, 0x80, 0, 0, 1, 0x41, 0x9a];
        check(VideoCodec::H264, &timing_only, false);
    }

    #[test]
    fn mpeg2_starts_at_a_sequence_head() {
        check(VideoCodec::Mpeg2, &[0, 0, 1, 0xb3, 0x5a, 0, 0, 1, 0xb8, 0, 0, 1, 0], true);
        check(VideoCodec::Mpeg2, &[0, 0, 1, 0, 0x5a, 0, 0, 1, 0xb3], false);
    }

    #[test]
    fn h265_starts_at_irap() {
        check(VideoCodec::H265, &[0, 0, 1, 0x46, 1, 0x50, 0, 0, 1, 0x26, 1], true);
        check(VideoCodec::H265, &[0, 0, 1, 0x46, 1, 0x50, 0, 0, 1, 0x02, 1], false);
    }

    #[test]
    fn gives_up_after_a_bounded_look() {
        let mut scanner = AccessScanner::default();
        scanner.begin(VideoCodec::H264, &[0, 0, 1, 0xe0, 0, 0, 0x80, 0, 0]);
        for _ in 0..100 {
            assert!(!scanner.go_on(VideoCodec::H264, &[0xaa; 184]));
        }
        assert_eq!(scanner.head.len(), LOOK_AT);
        assert!(!scanner.go_on(VideoCodec::H264, super::super::sample::IDR));
    }
}

//! Pictures of the machine's screen, and what can be said of one without eyes.

use std::{collections::HashSet, path::Path};

use anyhow::{Context, Result};

/// A picture.
#[derive(Debug, Clone)]
pub struct Picture {
    width: usize,
    height: usize,
    /// Red, green, blue.
    pixels: Vec<[u8; 3]>,
}

/// Every so many pixels one is looked at.
const STEP: usize = 97;

impl Picture {
    /// Reads a PPM file (P6, 255).
    pub fn read(file: &Path) -> Result<Self> {
        let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
        parse(&bytes).with_context(|| format!("{} is no picture", file.display()))
    }

    /// How many colours a sample of it has: a blank screen has one or two, a programme hundreds.
    pub fn colours(&self) -> usize {
        self.pixels.iter().step_by(STEP).collect::<HashSet<_>>().len()
    }

    /// How many of a hundred sampled pixels have this colour.
    pub fn share_percent(&self, colour: [u8; 3]) -> usize {
        let sample = self.pixels.iter().step_by(STEP);
        let all = sample.clone().count().max(1);
        sample.filter(|pixel| **pixel == colour).count() * 100 / all
    }

    /// How many of a hundred sampled pixels differ clearly from another picture's.
    pub fn difference_percent(&self, other: &Self) -> usize {
        if (self.width, self.height) != (other.width, other.height) {
            return 100;
        }
        let pairs = self.pixels.iter().zip(&other.pixels).step_by(STEP);
        let all = pairs.clone().count().max(1);
        let differ = pairs.filter(|(a, b)| a.iter().zip(*b).any(|(a, b)| a.abs_diff(*b) > 24));
        differ.count() * 100 / all
    }
}

fn parse(bytes: &[u8]) -> Option<Picture> {
    let mut rest = bytes;
    let mut word = || {
        let start = rest.iter().position(|byte| !byte.is_ascii_whitespace())?;
        let end = start + rest[start..].iter().position(u8::is_ascii_whitespace)?;
        let word = std::str::from_utf8(&rest[start..end]).ok()?.to_owned();
        rest = &rest[end..];
        Some(word)
    };
    let kind = word()?;
    let (width, height) = (word()?.parse().ok()?, word()?.parse().ok()?);
    (kind == "P6" && word()? == "255").then_some(())?;
    // One white space ends the header.
    let data = rest.get(1..)?;
    let pixels: Vec<[u8; 3]> = data.as_chunks::<3>().0.to_vec();
    (pixels.len() == usize::checked_mul(width, height)?).then_some(())?;
    Some(Picture { width, height, pixels })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(colour: u8) -> Picture {
        let mut bytes = b"P6\n20 10\n255\n".to_vec();
        bytes.extend(std::iter::repeat_n(colour, 600));
        parse(&bytes).expect("a picture")
    }

    #[test]
    fn a_blank_screen_has_one_colour_and_equals_itself() {
        assert_eq!(picture(0).colours(), 1);
        assert_eq!(picture(0).difference_percent(&picture(10)), 0);
        assert_eq!(picture(0).difference_percent(&picture(200)), 100);
    }

    #[test]
    fn a_colour_has_its_share() {
        assert_eq!(picture(170).share_percent([170; 3]), 100);
        assert_eq!(picture(170).share_percent([170, 0, 170]), 0);
    }

    #[test]
    fn half_a_picture_is_none() {
        for bytes in [&b""[..], b"P6", b"P6 2 2 255\nabc", b"P5 1 1 255\nabc"] {
            assert!(parse(bytes).is_none());
        }
    }
}

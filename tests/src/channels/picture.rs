//! Draws the pictures of a programme: a still scenery, computed once, and something that moves.

use std::{f32::consts::TAU, time::Duration};

use super::scene::{Colour, Palette};

/// How long the moving thing takes for its way there and back.
const WAY_SECONDS: f32 = 24.0;

/// What is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scenery {
    /// Hills and the sun.
    Hills,
    /// The sea and a boat.
    Harbour,
    /// Hills and the moon.
    Evening,
    /// Fields and the sun.
    Fields,
}

impl Scenery {
    /// Neighbouring channels look different.
    pub fn of(number: u16) -> Self {
        match number % 4 {
            1 => Self::Hills,
            2 => Self::Harbour,
            3 => Self::Evening,
            _ => Self::Fields,
        }
    }
}

/// Draws one programme as planes of I420, video range, BT.709.
#[derive(Debug)]
pub struct Picture {
    width: usize,
    height: usize,
    scenery: Scenery,
    still: Vec<u8>,
    drawn: Vec<u8>,
}

/// Luma and both colour differences.
type Yuv = [u8; 3];

impl Picture {
    /// Prepares the still part. Width and height are made even.
    pub fn new(width: u32, height: u32, scenery: Scenery) -> Self {
        let (width, height) = ((width & !1) as usize, (height & !1) as usize);
        let mut still = vec![0; width * height * 3 / 2];
        let palette = scenery.palette();
        for row in 0..height {
            for column in 0..width {
                let (x, y) = (part(column, width), part(row, height));
                let colour = to_yuv(scenery.colour(&palette, x, y));
                put(&mut still, (width, height), (column, row), colour);
            }
        }
        let drawn = still.clone();
        Self { width, height, scenery, still, drawn }
    }

    /// The picture at this time.
    pub fn at(&mut self, time: Duration) -> &[u8] {
        self.drawn.copy_from_slice(&self.still);
        let turn = (time.as_secs_f32() % WAY_SECONDS) / WAY_SECONDS;
        let across = 0.5 - 0.36 * (turn * TAU).cos();
        let palette = self.scenery.palette();
        match self.scenery {
            Scenery::Harbour => self.draw_boat(&palette, across, time),
            _ => self.draw_disc(&palette, across),
        }
        &self.drawn
    }

    fn draw_disc(&mut self, palette: &Palette, across: f32) {
        let rise = (across - 0.5) * 1.6;
        let (x, y) = (across, 0.26 + 0.16 * rise * rise);
        let radius = 0.075;
        self.draw(palette.mover, (x, y), radius, |dx, dy| radius - dx.hypot(dy));
    }

    fn draw_boat(&mut self, palette: &Palette, across: f32, time: Duration) {
        let sway = (time.as_secs_f32() * 1.4).sin();
        let (x, y) = (across, 0.63 + 0.006 * sway);
        let hull = |dx: f32, dy: f32| (0.030 - (dy - 0.03).abs()).min(0.11 - dx.abs() - dy * 0.7);
        self.draw([0.42, 0.22, 0.18], (x, y), 0.13, hull);
        let sail = |dx: f32, dy: f32| {
            let dx = dx - 0.03 * sway * (-dy);
            (-0.012 - dy).min(dy + 0.19).min(0.075 * (1.0 + dy / 0.19) - dx).min(dx + 0.012)
        };
        self.draw(palette.mover, (x, y), 0.20, sail);
    }

    /// Fills where `inside` is positive; its arguments and `reach` count in picture heights.
    fn draw(
        &mut self,
        colour: Colour,
        (x, y): (f32, f32),
        reach: f32,
        inside: impl Fn(f32, f32) -> f32,
    ) {
        let (width, height) = (self.width, self.height);
        let yuv = to_yuv(colour);
        let pixel = 1.0 / as_f32(height);
        let middle = (x * as_f32(width) * pixel, y);
        let columns = range(middle.0 - reach, middle.0 + reach, pixel, width);
        let rows = range(middle.1 - reach, middle.1 + reach, pixel, height);
        for row in rows {
            for column in columns.clone() {
                let (dx, dy) = (as_f32(column) * pixel - middle.0, as_f32(row) * pixel - middle.1);
                let cover = inside(dx, dy) / pixel + 0.5;
                if cover > 0.0 {
                    blend(&mut self.drawn, (width, height), (column, row), yuv, cover.min(1.0));
                }
            }
        }
    }
}

fn range(from: f32, to: f32, pixel: f32, limit: usize) -> std::ops::Range<usize> {
    as_index(from / pixel).min(limit)..as_index(to / pixel + 1.0).min(limit)
}

#[expect(clippy::cast_precision_loss, reason = "sizes of pictures are exact in f32")]
fn as_f32(pixels: usize) -> f32 {
    pixels as f32
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "float to integer saturates"
)]
fn as_index(pixels: f32) -> usize {
    pixels as usize
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "float to integer saturates"
)]
fn as_byte(value: f32) -> u8 {
    value.round() as u8
}

fn part(index: usize, count: usize) -> f32 {
    as_f32(index) / as_f32(count)
}

/// BT.709, video range.
fn to_yuv([red, green, blue]: Colour) -> Yuv {
    let luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    let difference = |colour: f32, scale: f32| as_byte(128.0 + 224.0 * (colour - luma) / scale);
    [as_byte(16.0 + 219.0 * luma), difference(blue, 1.8556), difference(red, 1.5748)]
}

/// Index of the luma byte, and of the colour bytes where this pixel decides them.
fn indices(
    (width, height): (usize, usize),
    (column, row): (usize, usize),
) -> (usize, Option<[usize; 2]>) {
    let luma = row * width + column;
    if row % 2 == 1 || column % 2 == 1 {
        return (luma, None);
    }
    let (plane, quarter) = (width * height, width * height / 4);
    let colour = plane + row / 2 * (width / 2) + column / 2;
    (luma, Some([colour, colour + quarter]))
}

fn put(planes: &mut [u8], size: (usize, usize), at: (usize, usize), [luma, blue, red]: Yuv) {
    let (index, colours) = indices(size, at);
    planes[index] = luma;
    if let Some([first, second]) = colours {
        planes[first] = blue;
        planes[second] = red;
    }
}

fn blend(planes: &mut [u8], size: (usize, usize), at: (usize, usize), colour: Yuv, cover: f32) {
    let mut mix = |index: usize, to: u8| {
        let from = f32::from(planes[index]);
        planes[index] = as_byte(from + (f32::from(to) - from) * cover);
    };
    let (index, colours) = indices(size, at);
    mix(index, colour[0]);
    if let Some([first, second]) = colours {
        mix(first, colour[1]);
        mix(second, colour[2]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn something_moves_and_most_stays() {
        for number in 0..4 {
            let mut picture = Picture::new(320, 180, Scenery::of(number));
            let first = picture.at(Duration::ZERO).to_vec();
            let later = picture.at(Duration::from_secs(6));
            let changed = first.iter().zip(later).filter(|(a, b)| a != b).count();
            assert!(changed > 300, "channel {number}: {changed} bytes changed");
            assert!(changed < first.len() / 4, "channel {number}: {changed} bytes changed");
        }
    }

    #[test]
    fn channels_differ() {
        let mean = |number| {
            let mut picture = Picture::new(64, 36, Scenery::of(number));
            let bytes = picture.at(Duration::ZERO).to_vec();
            bytes[64 * 36..].iter().map(|byte| u64::from(*byte)).sum::<u64>() / (64 * 36 / 2)
        };
        assert_ne!(mean(1), mean(2));
    }
}

//! What the still part of a picture looks like.

use super::picture::Scenery;

/// Red, green, blue, each 0 to 1.
pub(super) type Colour = [f32; 3];

/// Colours of one scenery, from the sky downwards.
pub(super) struct Palette {
    pub(super) sky: [Colour; 2],
    pub(super) glow: Colour,
    pub(super) ground: [Colour; 2],
    pub(super) mover: Colour,
}

impl Scenery {
    pub(super) fn palette(self) -> Palette {
        match self {
            Self::Hills => Palette {
                sky: [[0.98, 0.80, 0.52], [0.99, 0.93, 0.78]],
                glow: [1.0, 0.96, 0.80],
                ground: [[0.80, 0.52, 0.34], [0.36, 0.24, 0.22]],
                mover: [1.0, 0.55, 0.26],
            },
            Self::Harbour => Palette {
                sky: [[0.52, 0.70, 0.80], [0.98, 0.87, 0.74]],
                glow: [1.0, 0.92, 0.74],
                ground: [[0.44, 0.66, 0.70], [0.10, 0.29, 0.37]],
                mover: [0.96, 0.94, 0.88],
            },
            Self::Evening => Palette {
                sky: [[0.36, 0.26, 0.42], [0.93, 0.58, 0.50]],
                glow: [1.0, 0.72, 0.56],
                ground: [[0.46, 0.25, 0.34], [0.16, 0.10, 0.17]],
                mover: [1.0, 0.90, 0.70],
            },
            Self::Fields => Palette {
                sky: [[0.70, 0.84, 0.86], [0.97, 0.94, 0.80]],
                glow: [1.0, 0.98, 0.86],
                ground: [[0.78, 0.76, 0.42], [0.38, 0.46, 0.24]],
                mover: [0.98, 0.78, 0.36],
            },
        }
    }

    /// Colour of the still picture; both coordinates from 0 to 1, from the upper left.
    pub(super) fn colour(self, palette: &Palette, x: f32, y: f32) -> Colour {
        let sky = mix(palette.sky[0], palette.sky[1], (y / 0.62).min(1.0));
        let far = ((x - 0.5) * 1.78).hypot(y - 0.42);
        let sky = mix(sky, palette.glow, 0.7 * (-4.0 * far).exp());
        match self {
            Self::Harbour => sea(palette, sky, x, y),
            Self::Hills | Self::Evening | Self::Fields => hills(palette, sky, x, y),
        }
    }
}

pub(super) fn mix(from: Colour, to: Colour, part: f32) -> Colour {
    std::array::from_fn(|i| from[i] + (to[i] - from[i]) * part)
}

fn hills(palette: &Palette, sky: Colour, x: f32, y: f32) -> Colour {
    let mut colour = sky;
    for (layer, depth) in [(0.0, 0.0), (1.0, 0.5), (2.0, 1.0_f32)] {
        let wave = (x * (7.0 - layer * 2.0) + layer * 1.7).sin() * 0.045;
        let ridge = 0.60 + 0.13 * layer + wave + (x * 17.0 + layer).sin() * 0.012;
        if y > ridge {
            let ground = mix(palette.ground[0], palette.ground[1], depth);
            colour = mix(ground, palette.ground[1], (y - ridge).min(1.0));
        }
    }
    colour
}

fn sea(palette: &Palette, sky: Colour, x: f32, y: f32) -> Colour {
    const HORIZON: f32 = 0.58;
    if y < HORIZON {
        return sky;
    }
    let depth = (y - HORIZON) / (1.0 - HORIZON);
    let water = mix(palette.ground[0], palette.ground[1], depth);
    let stripes = ((depth * 9.0).powi(2) + x * 3.0).sin() * 0.5 + 0.5;
    let path = (1.0 - (x - 0.5).abs() / (0.06 + 0.25 * depth)).max(0.0);
    mix(water, palette.glow, 0.5 * stripes * path + 0.06 * stripes)
}

//! Notation of the pictures: letters with numbers, as in SVG paths but absolute and shorter.
//!
//! `M x y` move, `L x y` line (more points may follow), `C` cubic curve, `Z` close, `O x y r`
//! circle, `R x y width height radius` rounded rectangle, `D x y r` dot, `F` fill the figure that
//! follows instead of drawing its line.

use std::f64::consts::{FRAC_PI_2, PI, TAU};

use gtk::cairo::{Context, Error};

/// Side of the grid.
pub(super) const GRID: f64 = 48.0;
/// Weight of every line on the grid.
pub(super) const WEIGHT: f64 = 3.0;

/// One figure.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stroke {
    is_filled: bool,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    Move([f64; 2]),
    Line([f64; 2]),
    Curve([f64; 6]),
    Close,
    Circle([f64; 3]),
    Rectangle([f64; 5]),
}

impl Stroke {
    pub(super) fn draw(&self, context: &Context) -> Result<(), Error> {
        for step in &self.steps {
            step.trace(context);
        }
        if self.is_filled { context.fill() } else { context.stroke() }
    }
}

impl Step {
    fn trace(self, context: &Context) {
        match self {
            Self::Move([x, y]) => context.move_to(x, y),
            Self::Line([x, y]) => context.line_to(x, y),
            Self::Curve([x1, y1, x2, y2, x, y]) => context.curve_to(x1, y1, x2, y2, x, y),
            Self::Close => context.close_path(),
            Self::Circle([x, y, radius]) => {
                context.new_sub_path();
                context.arc(x, y, radius, 0.0, TAU);
            }
            Self::Rectangle(rectangle) => trace_rectangle(context, rectangle),
        }
    }
}

fn trace_rectangle(context: &Context, [x, y, width, height, radius]: [f64; 5]) {
    let (right, bottom) = (x + width - radius, y + height - radius);
    context.new_sub_path();
    context.arc(right, y + radius, radius, -FRAC_PI_2, 0.0);
    context.arc(right, bottom, radius, 0.0, FRAC_PI_2);
    context.arc(x + radius, bottom, radius, FRAC_PI_2, PI);
    context.arc(x + radius, y + radius, radius, PI, PI + FRAC_PI_2);
    context.close_path();
}

/// The figures of a path; what cannot be read is left out, and a test reads every picture.
pub(super) fn parse(path: &str) -> Vec<Stroke> {
    let mut strokes: Vec<Stroke> = Vec::new();
    let mut fills_next = false;
    for (letter, numbers) in commands(path) {
        let starts_figure = matches!(letter, 'M' | 'O' | 'R' | 'D');
        if letter == 'F' {
            fills_next = true;
        } else if starts_figure {
            let is_filled = std::mem::take(&mut fills_next) || letter == 'D';
            strokes.push(Stroke { is_filled, steps: steps(letter, &numbers) });
        } else if let Some(stroke) = strokes.last_mut() {
            stroke.steps.extend(steps(letter, &numbers));
        }
    }
    strokes
}

fn commands(path: &str) -> Vec<(char, Vec<f64>)> {
    let mut commands: Vec<(char, Vec<f64>)> = Vec::new();
    for word in path.split_whitespace() {
        let mut characters = word.chars();
        let first = characters.next();
        let number = match first {
            Some(letter) if letter.is_ascii_uppercase() => {
                commands.push((letter, Vec::new()));
                characters.as_str()
            }
            _ => word,
        };
        if let (Ok(number), Some((_, numbers))) = (number.parse(), commands.last_mut()) {
            numbers.push(number);
        }
    }
    commands
}

fn steps(letter: char, numbers: &[f64]) -> Vec<Step> {
    match letter {
        'M' => each(numbers, Step::Move),
        'L' => each(numbers, Step::Line),
        'C' => each(numbers, Step::Curve),
        'O' | 'D' => each(numbers, Step::Circle),
        'R' => each(numbers, Step::Rectangle),
        'Z' => vec![Step::Close],
        _ => Vec::new(),
    }
}

fn each<const N: usize>(numbers: &[f64], step: fn([f64; N]) -> Step) -> Vec<Step> {
    numbers.chunks_exact(N).filter_map(|chunk| chunk.try_into().ok()).map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_notation_is_read() {
        let strokes = parse("M1 2 L3 4 5 6 Z F R0 0 8 8 2 D4 4 1");
        assert_eq!(
            strokes,
            [
                Stroke {
                    is_filled: false,
                    steps: vec![
                        Step::Move([1.0, 2.0]),
                        Step::Line([3.0, 4.0]),
                        Step::Line([5.0, 6.0]),
                        Step::Close
                    ],
                },
                Stroke { is_filled: true, steps: vec![Step::Rectangle([0.0, 0.0, 8.0, 8.0, 2.0])] },
                Stroke { is_filled: true, steps: vec![Step::Circle([4.0, 4.0, 1.0])] },
            ]
        );
    }

    #[test]
    fn every_picture_is_whole_and_stays_on_the_grid() {
        for path in super::super::paths::ALL {
            let letters = path.chars().filter(char::is_ascii_uppercase).count();
            assert_eq!(commands(path).len(), letters, "{path}");
            for (letter, numbers) in commands(path) {
                let arity = match letter {
                    'M' | 'L' => 2,
                    'C' => 6,
                    'O' | 'D' => 3,
                    'R' => 5,
                    'Z' | 'F' => 1,
                    other => panic!("{other} in {path}"),
                };
                assert!(numbers.len() % arity == 0, "{letter} in {path}");
                assert!(numbers.iter().all(|n| (0.0..=GRID).contains(n)), "{path}");
            }
        }
    }
}

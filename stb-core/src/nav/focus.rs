//! Where the focus goes for an arrow. No wrap-around: at an edge nothing moves.

use crate::view::Layout;

/// An arrow key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Up,
    Down,
    Left,
    Right,
}

/// Columns of the 10-key pad.
const PAD_COLUMNS: usize = 3;

/// Columns of the keyboard. The two keys that end its last row are two columns wide.
const KEYBOARD_COLUMNS: usize = 10;
/// Keys of one column in the last row of the keyboard.
const LAST_ROW_SINGLES: usize = 6;

/// The item that the arrow leads to, or none at an edge.
pub(crate) fn neighbour(
    layout: Layout,
    count: usize,
    focus: usize,
    direction: Direction,
) -> Option<usize> {
    match layout {
        Layout::Row => in_grid(count, count, focus, direction),
        Layout::Column => in_grid(1, count, focus, direction),
        Layout::Tiles { columns } => in_grid(columns, count, focus, direction),
        Layout::KeyPad => in_grid(PAD_COLUMNS, count, focus, direction),
        Layout::Keyboard => on_keyboard(count, focus, direction),
    }
}

/// Like a grid of ten columns, but below the last four keys lie two wide ones.
fn on_keyboard(count: usize, focus: usize, direction: Direction) -> Option<usize> {
    let last_row = count.saturating_sub(1) / KEYBOARD_COLUMNS * KEYBOARD_COLUMNS;
    let place = focus.checked_sub(last_row);
    match (direction, place) {
        (Direction::Up, Some(place)) => {
            last_row.checked_sub(KEYBOARD_COLUMNS).map(|above| above + first_column(place))
        }
        (Direction::Down, None) if focus + KEYBOARD_COLUMNS >= last_row => {
            let column = focus % KEYBOARD_COLUMNS;
            let wide = column.saturating_sub(LAST_ROW_SINGLES) / 2;
            Some((last_row + column.min(LAST_ROW_SINGLES) + wide).min(count - 1))
        }
        _ => in_grid(KEYBOARD_COLUMNS, count, focus, direction),
    }
}

/// Column at which a key of the last row begins.
fn first_column(place: usize) -> usize {
    place.min(LAST_ROW_SINGLES) + place.saturating_sub(LAST_ROW_SINGLES) * 2
}

fn in_grid(columns: usize, count: usize, focus: usize, direction: Direction) -> Option<usize> {
    let columns = columns.max(1);
    let column = focus % columns;
    match direction {
        Direction::Left => (column > 0).then(|| focus - 1),
        Direction::Right => (column + 1 < columns && focus + 1 < count).then_some(focus + 1),
        Direction::Up => focus.checked_sub(columns),
        Direction::Down => below(columns, count, focus),
    }
}

/// The item below, or the last one when the last row is shorter.
fn below(columns: usize, count: usize, focus: usize) -> Option<usize> {
    let last = count.checked_sub(1)?;
    let is_last_row = focus / columns == last / columns;
    (!is_last_row).then(|| (focus + columns).min(last))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DIRECTIONS: [Direction; 4] =
        [Direction::Up, Direction::Down, Direction::Left, Direction::Right];

    #[track_caller]
    fn check(layout: Layout, count: usize, focus: usize, expected: [Option<usize>; 4]) {
        let found = DIRECTIONS.map(|direction| neighbour(layout, count, focus, direction));
        assert_eq!(found, expected, "up, down, left, right of {focus}");
    }

    #[test]
    fn arrows_follow_the_picture() {
        let tiles = Layout::Tiles { columns: 3 };
        check(tiles, 6, 0, [None, Some(3), None, Some(1)]);
        check(tiles, 6, 4, [Some(1), None, Some(3), Some(5)]);
        check(tiles, 5, 2, [None, Some(4), Some(1), None]);
        check(Layout::Row, 3, 1, [None, None, Some(0), Some(2)]);
        check(Layout::Column, 3, 1, [Some(0), Some(2), None, None]);
        check(Layout::KeyPad, 12, 10, [Some(7), None, Some(9), Some(11)]);
        check(Layout::Row, 1, 0, [None, None, None, None]);
        let keyboard = Layout::Keyboard;
        check(keyboard, 38, 27, [Some(17), Some(36), Some(26), Some(28)]);
        check(keyboard, 38, 29, [Some(19), Some(37), Some(28), None]);
        check(keyboard, 38, 35, [Some(25), None, Some(34), Some(36)]);
        check(keyboard, 38, 36, [Some(26), None, Some(35), Some(37)]);
        check(keyboard, 38, 37, [Some(28), None, Some(36), None]);
        check(keyboard, 38, 20, [Some(10), Some(30), None, Some(21)]);
    }

    fn any_layout() -> impl Strategy<Value = Layout> {
        prop_oneof![
            Just(Layout::Row),
            Just(Layout::Column),
            Just(Layout::KeyPad),
            (1_usize..5).prop_map(|columns| Layout::Tiles { columns }),
        ]
    }

    proptest! {
        #[test]
        fn every_key_of_the_keyboard_is_reached_by_arrows(start in 0_usize..38) {
            let mut reached = [false; 38];
            let mut open = vec![start];
            while let Some(focus) = open.pop() {
                if !std::mem::replace(&mut reached[focus], true) {
                    let next = DIRECTIONS.map(|d| neighbour(Layout::Keyboard, 38, focus, d));
                    open.extend(next.iter().flatten());
                }
            }
            prop_assert!(reached.iter().all(|key| *key));
        }

        #[test]
        fn every_item_is_reached_by_arrows(layout in any_layout(), count in 1_usize..13) {
            let mut reached = vec![false; count];
            let mut open = vec![0];
            while let Some(focus) = open.pop() {
                if !std::mem::replace(&mut reached[focus], true) {
                    open.extend(DIRECTIONS.iter().filter_map(|d| neighbour(layout, count, focus, *d)));
                }
            }
            prop_assert!(reached.iter().all(|item| *item));
        }
    }
}

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use proptest::prelude::*;

use super::*;

fn at(revoked_at: i64) -> Revocation {
    Revocation { reason: RevocationReason::Superseded, revoked_at }
}

fn table(serials: &[u64]) -> Table {
    let mut builder = TableBuilder::new(1000);
    for serial in serials {
        builder.push((*serial).into(), at(TIME_ORIGIN)).expect("within the limit");
    }
    builder.finish().expect("different numbers")
}

#[test]
fn numbers_are_found_at_every_edge() {
    let edge = SHORT_LIMIT;
    let serials = [0, 1, 2, 7, 8, 255, 256, edge - 1, edge, edge + 1, u64::MAX];
    let table = table(&serials);
    for serial in serials {
        assert!(table.get(serial.into()).is_some(), "{serial}");
    }
    for serial in [3, 6, 9, 254, 257, edge - 2, edge + 2, u64::MAX - 1] {
        assert_eq!(table.get(serial.into()), None, "{serial}");
    }
    assert_eq!(table.get(Serial([0xFF; 20])), None);
    assert_eq!(self::table(&[]).get(0.into()), None);
}

#[test]
fn limits_are_kept() {
    let mut builder = TableBuilder::new(2);
    assert_eq!(builder.push(1.into(), at(TIME_ORIGIN - 1)), Err(TableError::BadTime));
    let latest = TIME_ORIGIN + i64::from(u32::MAX);
    assert_eq!(builder.push(1.into(), at(latest + 1)), Err(TableError::BadTime));
    assert_eq!(builder.push(1.into(), at(latest)), Ok(()));
    assert_eq!(builder.push(Serial([0xFF; 20]), at(TIME_ORIGIN)), Ok(()));
    assert_eq!(builder.push(2.into(), at(TIME_ORIGIN)), Err(TableError::TooMany));
    assert_eq!(builder.finish().map(|table| table.len()), Ok(2));
}

#[test]
fn a_number_stands_there_once() {
    for serial in [Serial::from(7), Serial([0xFF; 20])] {
        let mut builder = TableBuilder::new(9);
        builder.push(serial, at(TIME_ORIGIN)).expect("within the limit");
        builder.push(serial, at(TIME_ORIGIN + 1)).expect("within the limit");
        assert_eq!(builder.finish(), Err(TableError::Twice));
    }
}

#[test]
fn serials_ignore_leading_zeros() {
    assert_eq!(Serial::from_bytes(&[0, 0, 1, 2]), Some(0x0102.into()));
    assert_eq!(Serial::from_bytes(&[0x80; 21]), None);
    assert_eq!(Serial::from_bytes(&[&[0][..], &[0x80; 20]].concat()), Some(Serial([0x80; 20])));
    assert_eq!(Serial::from(0x0102).as_bytes(), [1, 2]);
}

fn entries() -> impl Strategy<Value = BTreeMap<Serial, Revocation>> {
    let serial = prop_oneof![
        (0u64..50).prop_map(Serial::from),
        any::<u64>().prop_map(Serial::from),
        (100_000_000u64..100_000_300).prop_map(Serial::from),
        any::<[u8; 20]>().prop_map(Serial),
    ];
    let reason = proptest::sample::select(RevocationReason::ALL.to_vec());
    let revocation = (reason, 0..=u32::MAX)
        .prop_map(|(reason, at)| Revocation { reason, revoked_at: TIME_ORIGIN + i64::from(at) });
    proptest::collection::btree_map(serial, revocation, 0..200)
}

/// In another order for every `turn`; in two halves from the entry `halve_at` on.
fn shuffled(
    entries: &BTreeMap<Serial, Revocation>,
    turn: u64,
    halve_at: usize,
) -> Result<Table, TableError> {
    let mut list: Vec<_> = entries.iter().collect();
    list.sort_by_cached_key(|(serial, _)| {
        let mut hasher = DefaultHasher::new();
        (serial, turn).hash(&mut hasher);
        hasher.finish()
    });
    let mut builder = TableBuilder::new(list.len());
    builder.halve_at = halve_at;
    for (serial, revocation) in list {
        builder.push(*serial, *revocation)?;
    }
    builder.finish()
}

#[test]
fn numbers_beyond_what_came_first_are_sorted_too() {
    let count = 300_000;
    // The first ones lie close together, the others above and below them.
    let serials: Vec<_> = (0..10).rev().map(|n| 1 << 40 | n).chain(0..count).collect();
    let built = |serials: &[u64]| {
        let mut builder = TableBuilder::new(serials.len());
        builder.halve_at = 10;
        for serial in serials {
            builder.push((*serial).into(), at(TIME_ORIGIN))?;
        }
        assert_eq!(builder.push(u64::from(u32::MAX).into(), at(0)), Err(TableError::BadTime));
        let one_more = builder.push(u64::from(u32::MAX).into(), at(TIME_ORIGIN));
        assert_eq!(one_more, Err(TableError::TooMany));
        builder.finish()
    };
    let table = built(&serials).expect("different numbers");
    let listed: Vec<_> = table.iter().map(|(serial, _)| serial).collect();
    assert_eq!(listed.len(), serials.len());
    assert!(listed.is_sorted());
    let twice = [&serials[..], &[count / 2]].concat();
    assert_eq!(built(&twice), Err(TableError::Twice));
}

proptest! {
    #[test]
    fn a_table_answers_as_a_map(
        entries in entries(), turn in any::<u64>(), halve_at in 0usize..250,
        asked in any::<[u8; 20]>(), near in any::<u64>(),
    ) {
        let table = shuffled(&entries, turn, halve_at).expect("different numbers");
        for (serial, revocation) in &entries {
            prop_assert_eq!(table.get(*serial), Some(*revocation));
        }
        for serial in [Serial(asked), near.into(), (near % 60).into()] {
            prop_assert_eq!(table.get(serial), entries.get(&serial).copied());
        }
        let listed: Vec<_> = entries.iter().map(|(s, r)| (*s, *r)).collect();
        prop_assert_eq!(table.iter().collect::<Vec<_>>(), listed);
    }

    #[test]
    fn changes_lead_from_one_table_to_the_next(before in entries(), after in entries()) {
        let table = |entries| shuffled(entries, 3, LARGE).expect("different numbers");
        let (old, new) = (table(&before), table(&after));
        let mut patched = before.clone();
        for change in old.changes(&new) {
            match change {
                Change::Altered { serial, before, after } => {
                    prop_assert_eq!(patched.insert(serial, after), Some(before));
                }
                Change::Released { serial } => prop_assert!(patched.remove(&serial).is_some()),
                Change::Revoked { serial, revocation } => {
                    prop_assert_eq!(patched.insert(serial, revocation), None);
                }
            }
        }
        prop_assert_eq!(patched, after);
        prop_assert_eq!(new.changes(&new).count(), 0);
    }
}

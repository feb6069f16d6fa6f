//! A hostile card at the office desk: each chunk of the input is one answer while the four
//! attributes are read, and while the card is looked at.
#![no_main]

use jpki::{
    flow::{
        Step,
        attributes::{AttributesFlow, StaffEnrolment},
        inspect::InspectFlow,
    },
    pin::AssistPin,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut look = InspectFlow::new();
    let (mut step, mut rest) = (look.next(None), input);
    while let (Step::Send(_), Some((answer, after))) = (&step, chunk(rest)) {
        rest = after;
        step = look.next(Some(answer));
    }
    let Some(reason) = StaffEnrolment::with_consent(true) else { return };
    let mut flow = AttributesFlow::new(reason);
    let (mut step, mut rest) = (flow.next(None), input);
    loop {
        step = match step {
            Step::Send(_) => {
                let Some((answer, after)) = chunk(rest) else { return };
                rest = after;
                flow.next(Some(answer))
            }
            Step::NeedPin { .. } => match AssistPin::from_digits(b"1234") {
                Ok(pin) => flow.supply_pin(pin),
                Err(_) => return,
            },
            Step::ConfirmLastTry => flow.confirm_last_try(),
            Step::Done(found) => {
                assert!(!found.name.is_empty() && !found.address.is_empty());
                return;
            }
            Step::Failed(_) => return,
        };
    }
});

/// A length, and so many bytes or as many as there are.
fn chunk(input: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&length, rest) = input.split_first()?;
    Some(rest.split_at(rest.len().min(usize::from(length))))
}

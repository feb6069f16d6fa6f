//! A hostile card: each chunk of the input is one answer of a login conversation.
#![no_main]

use jpki::{
    flow::{Step, authenticate::AuthenticateFlow},
    pin::AuthPin,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut flow = AuthenticateFlow::new(digest());
    let mut step = flow.next(None);
    let mut rest = input;
    loop {
        step = match step {
            Step::Send(_) => {
                let Some((&len, after)) = rest.split_first() else {
                    return;
                };
                let (answer, after) = after.split_at(after.len().min(usize::from(len)));
                rest = after;
                flow.next(Some(answer))
            }
            Step::NeedPin { .. } => match AuthPin::from_digits(b"1234") {
                Ok(pin) => flow.supply_pin(pin),
                Err(_) => return,
            },
            Step::ConfirmLastTry => flow.confirm_last_try(),
            Step::Done(_) | Step::Failed(_) => return,
        };
    }
});

//! A hostile card: each chunk of the input is one answer of a login conversation.
#![no_main]

use jpki::{
    flow::{Step, authenticate::AuthenticateFlow},
    pin::AuthPin,
    tbs::{LoginParts, LoginTbs, TbsDigest},
};
use libfuzzer_sys::fuzz_target;

fn digest() -> TbsDigest {
    let parts = LoginParts {
        gateway_id: "gateway-1",
        relying_party: "town-services",
        purpose: "login",
        device_id: "box-1",
        nonce: [7; 32],
        issued_at_ms: 1,
    };
    LoginTbs::new(parts).expect("no separator").digest()
}

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

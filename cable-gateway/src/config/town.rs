//! `[town]`: the municipality whose orders this gateway carries.

use serde::Deserialize;

use super::Faults;

/// The town that orders.
#[derive(Debug, Clone)]
pub struct TownConfig {
    /// 6-digit municipality code (全国地方公共団体コード).
    pub municipality_code: String,
    /// Name, e.g. 美波町.
    pub name: String,
    /// Telephone number of the town office, as televisions show it.
    pub phone: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTown {
    municipality_code: String,
    name: String,
    phone: Option<String>,
}

impl RawTown {
    pub(super) fn check(self, faults: &mut Faults) -> TownConfig {
        let code = self.municipality_code;
        if evacuation::order::Issuer::new(code.as_str()).is_err() {
            let cause = format!("`{code}` is no municipality code");
            faults.add("town.municipality_code", cause, "write all 6 digits, e.g. \"363871\"");
        }
        let name = faults.text("town.name", self.name, 300);
        if let Some(phone) = self.phone.as_deref().filter(|phone| !is_phone(phone)) {
            let cause = format!("`{phone}` is no telephone number");
            faults.add("town.phone", cause, "write 3 to 15 digits, hyphens between them");
        }
        TownConfig { municipality_code: code, name, phone: self.phone }
    }
}

/// Digits, with single hyphens between them.
fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (3..=15).contains(&digits) && text.split('-').all(is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telephone_number_is_digits_with_hyphens_between() {
        for good in ["119", "0884-00-0000", "0120-95-0178", "123456789012345"] {
            assert!(is_phone(good), "{good}");
        }
        for bad in
            ["", "11", "1-1", "-119", "119-", "0884--00", "0884 00", "０８８４", "1234567890123456"]
        {
            assert!(!is_phone(bad), "{bad}");
        }
    }
}

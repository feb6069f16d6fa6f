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
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTown {
    municipality_code: String,
    name: String,
}

impl RawTown {
    pub(super) fn check(self, faults: &mut Faults) -> TownConfig {
        let code = self.municipality_code;
        if evacuation::order::Issuer::new(code.as_str()).is_err() {
            let cause = format!("`{code}` is no municipality code");
            faults.add("town.municipality_code", cause, "write all 6 digits, e.g. \"363871\"");
        }
        let name = faults.text("town.name", self.name, 300);
        TownConfig { municipality_code: code, name }
    }
}

//! `households.json`: homes and the people in them.

use std::collections::BTreeSet;

use evacuation::{
    area::{AreaId, AreaTable},
    hazard::Hazard,
    shelter::{Position, ShelterId, ShelterTable},
};
use gateway_api::household::{EvacuationPlan, Need};
use jiff::civil::Date;
use serde::Deserialize;

use super::{ImportError, areas::RawPosition, faulty, position, stored};
use crate::{
    random::{self, Random},
    store::{Sql, StoreError},
    values,
};

pub(super) const FILE: &str = "households.json";
const RESIDENTS_MAX: usize = 12;
const NAME_MAX_LEN: usize = 300;
const ADDRESS_MAX_LEN: usize = 1200;
const LANGUAGES: [&str; 3] = ["ja", "ja-easy", "en"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHouseholds {
    #[serde(rename = "note")]
    _note: Option<String>,
    households: Vec<RawHousehold>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHousehold {
    household_id: String,
    municipality_code: String,
    #[serde(rename = "municipality_name")]
    _municipality_name: Option<String>,
    area_id: String,
    position: Option<RawPosition>,
    language: String,
    speak_names: bool,
    #[serde(default = "takes_part")]
    check_in_enabled: bool,
    residents: Vec<RawResident>,
    #[serde(rename = "demo_note")]
    _demo_note: Option<String>,
}

const fn takes_part() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawResident {
    resident_id: String,
    name: String,
    kana: String,
    born_on: Option<String>,
    /// As the resident register writes it; compared with signature certificates.
    address: Option<String>,
    sex: Option<RawSex>,
    needs: Vec<Need>,
    plans: Vec<EvacuationPlan>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawSex {
    Male,
    Female,
    NotApplicable,
}

impl RawSex {
    fn code(self) -> &'static str {
        match self {
            Self::Male => "male",
            Self::Female => "female",
            Self::NotApplicable => "not-applicable",
        }
    }
}

/// One home that fits the town's tables.
#[derive(Debug)]
pub(super) struct CheckedHousehold {
    household_id: String,
    area_id: String,
    position: Option<Position>,
    language: String,
    speak_names: bool,
    check_in_enabled: bool,
    pub(super) residents: Vec<CheckedResident>,
}

/// One person of it.
#[derive(Debug)]
pub(super) struct CheckedResident {
    resident_id: String,
    name: String,
    kana: String,
    born_on: Option<Date>,
    address: Option<String>,
    sex: Option<RawSex>,
    needs: String,
    plans: String,
}

pub(super) fn parse(
    text: &str,
    expected_code: &str,
    areas: &AreaTable,
    shelters: &ShelterTable,
) -> Result<Vec<CheckedHousehold>, ImportError> {
    let raw: RawHouseholds = serde_json::from_str(text)
        .map_err(|cause| ImportError::Malformed { file: FILE, cause: cause.to_string() })?;
    let (mut homes, mut people) = (BTreeSet::new(), BTreeSet::new());
    let mut checked = Vec::new();
    for household in raw.households {
        let what = format!("household {}", household.household_id);
        if !homes.insert(household.household_id.clone()) {
            return Err(faulty(FILE, what, "appears twice"));
        }
        let twice = household.residents.iter().find(|r| !people.insert(r.resident_id.clone()));
        if let Some(resident) = twice {
            return Err(faulty(
                FILE,
                format!("resident {}", resident.resident_id),
                "appears twice",
            ));
        }
        if household.municipality_code != expected_code {
            return Err(faulty(FILE, what, "is of another municipality"));
        }
        checked.push(check(household, &what, areas, shelters)?);
    }
    Ok(checked)
}

fn check(
    raw: RawHousehold,
    what: &str,
    areas: &AreaTable,
    shelters: &ShelterTable,
) -> Result<CheckedHousehold, ImportError> {
    check_id(what, &raw.household_id)?;
    let area = AreaId::new(raw.area_id.as_str()).map_err(|cause| faulty(FILE, what, cause))?;
    if !areas.areas.contains_key(&area) {
        return Err(faulty(FILE, what, format!("area {area} is not in areas.json")));
    }
    if !LANGUAGES.contains(&raw.language.as_str()) {
        return Err(faulty(FILE, what, "the language is none of ja, ja-easy, en"));
    }
    if raw.residents.len() > RESIDENTS_MAX {
        return Err(faulty(FILE, what, "has more than 12 residents"));
    }
    let residents = raw.residents.into_iter().map(|resident| check_resident(resident, shelters));
    let place = raw.position.map(|at| position(FILE, what, at.latitude, at.longitude));
    Ok(CheckedHousehold {
        household_id: raw.household_id,
        area_id: raw.area_id,
        position: place.transpose()?,
        language: raw.language,
        speak_names: raw.speak_names,
        check_in_enabled: raw.check_in_enabled,
        residents: residents.collect::<Result<_, _>>()?,
    })
}

fn check_resident(
    raw: RawResident,
    shelters: &ShelterTable,
) -> Result<CheckedResident, ImportError> {
    let what = format!("resident {}", raw.resident_id);
    check_id(&what, &raw.resident_id)?;
    if raw.name.len() > NAME_MAX_LEN || raw.kana.len() > NAME_MAX_LEN {
        return Err(faulty(FILE, what, "the name or its reading is longer than 300 bytes"));
    }
    if raw.name.chars().chain(raw.kana.chars()).any(char::is_control) {
        return Err(faulty(FILE, what, "the name or its reading holds a control character"));
    }
    let strange =
        |text: &String| text.len() > ADDRESS_MAX_LEN || text.chars().any(char::is_control);
    if raw.address.as_ref().is_some_and(strange) {
        return Err(faulty(FILE, what, "the address is longer than 1200 bytes, or not one line"));
    }
    let born_on = raw.born_on.map(|text| day_of_birth(&what, &text)).transpose()?;
    let mut hazards = BTreeSet::new();
    for plan in &raw.plans {
        check_plan(&what, plan, shelters)?;
        if !hazards.insert(plan.hazard.clone()) {
            return Err(faulty(FILE, what, "has two plans for one hazard"));
        }
    }
    let json = |cause: serde_json::Error| faulty(FILE, &what, cause);
    Ok(CheckedResident {
        needs: serde_json::to_string(&raw.needs).map_err(json)?,
        plans: serde_json::to_string(&raw.plans).map_err(json)?,
        resident_id: raw.resident_id,
        name: raw.name,
        kana: raw.kana,
        born_on,
        address: raw.address,
        sex: raw.sex,
    })
}

fn day_of_birth(what: &str, text: &str) -> Result<Date, ImportError> {
    let date = text.parse::<Date>().ok().filter(|date| (1880..=2200).contains(&date.year()));
    date.ok_or_else(|| faulty(FILE, what, "born_on is no day of birth; write e.g. 1944-05-03"))
}

fn check_plan(
    what: &str,
    plan: &EvacuationPlan,
    shelters: &ShelterTable,
) -> Result<(), ImportError> {
    if plan.hazard.as_deref().is_some_and(|code| Hazard::from_code(code).is_none()) {
        return Err(faulty(FILE, what, "a plan names an unknown hazard"));
    }
    if ![3, 4].contains(&plan.departure_level) {
        return Err(faulty(FILE, what, "a plan's departure level is neither 3 nor 4"));
    }
    for shelter in std::iter::once(&plan.destination).chain(&plan.fallback) {
        let known = ShelterId::new(shelter.as_str()).ok();
        if known.is_none_or(|id| !shelters.shelters.contains_key(&id)) {
            return Err(faulty(FILE, what, format!("a plan names the unknown shelter {shelter}")));
        }
    }
    Ok(())
}

fn check_id(what: &str, id: &str) -> Result<(), ImportError> {
    let fits = (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    if fits { Ok(()) } else { Err(faulty(FILE, what, "the id is not 1 to 64 ASCII characters")) }
}

/// Writes the homes; the version of a home rises only when it changed.
pub(super) fn write(
    sql: &mut dyn Sql,
    households: &[CheckedHousehold],
    now_ms: i64,
    random: &dyn Random,
) -> Result<bool, StoreError> {
    let mut changed = false;
    for (ordinal, home) in (0_i64..).zip(households) {
        let home_changed = write_home(sql, home, ordinal)?;
        let people_changed = write_people(sql, home, now_ms, random)?;
        if people_changed && !home_changed {
            let query = "UPDATE household SET version = version + 1 WHERE household_id = $1";
            sql.execute(query, values![&home.household_id])?;
        }
        changed |= home_changed || people_changed;
    }
    Ok(changed)
}

fn write_home(
    sql: &mut dyn Sql,
    home: &CheckedHousehold,
    ordinal: i64,
) -> Result<bool, StoreError> {
    let [latitude, longitude] = stored(home.position);
    let rows = sql.execute(
        "INSERT INTO household (household_id, ordinal, area_id, latitude_e7, longitude_e7, \
         language, speak_names, check_in_enabled, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1) \
         ON CONFLICT (household_id) DO UPDATE SET ordinal = $2, area_id = $3, latitude_e7 = $4, \
         longitude_e7 = $5, language = $6, speak_names = $7, check_in_enabled = $8, \
         version = household.version + 1 \
         WHERE household.ordinal <> $2 OR household.area_id <> $3 \
         OR COALESCE(household.latitude_e7, -1) <> COALESCE($4, -1) \
         OR COALESCE(household.longitude_e7, -1) <> COALESCE($5, -1) \
         OR household.language <> $6 OR household.speak_names <> $7 \
         OR household.check_in_enabled <> $8",
        values![
            &home.household_id,
            ordinal,
            &home.area_id,
            latitude,
            longitude,
            &home.language,
            home.speak_names,
            home.check_in_enabled
        ],
    )?;
    Ok(rows > 0)
}

fn write_people(
    sql: &mut dyn Sql,
    home: &CheckedHousehold,
    now_ms: i64,
    random: &dyn Random,
) -> Result<bool, StoreError> {
    let mut changed = false;
    for (ordinal, resident) in (0_i64..).zip(&home.residents) {
        changed |= write_person(sql, &home.household_id, resident, ordinal, now_ms, random)?;
    }
    let query = "SELECT resident_id FROM household_resident WHERE household_id = $1";
    for row in sql.all(query, values![&home.household_id])? {
        let id: String = row.get("resident_id")?;
        if home.residents.iter().all(|resident| resident.resident_id != id) {
            let query =
                "DELETE FROM household_resident WHERE household_id = $1 AND resident_id = $2";
            sql.execute(query, values![&home.household_id, id])?;
            changed = true;
        }
    }
    Ok(changed)
}

fn write_person(
    sql: &mut dyn Sql,
    household_id: &str,
    resident: &CheckedResident,
    ordinal: i64,
    now_ms: i64,
    random: &dyn Random,
) -> Result<bool, StoreError> {
    let query = "SELECT person_id FROM household_resident \
                 WHERE household_id = $1 AND resident_id = $2";
    let known = sql.optional(query, values![household_id, &resident.resident_id])?;
    let person_id = match known {
        Some(row) => row.get("person_id")?,
        None => random::id(random),
    };
    let person = sql.execute(
        "INSERT INTO person (person_id, name, kana, created_at_ms, born_on, address, sex) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (person_id) DO UPDATE SET name = $2, kana = $3, born_on = $5, \
         address = $6, sex = $7 WHERE person.name <> $2 OR person.kana <> $3 \
         OR COALESCE(person.born_on, '') <> COALESCE($5, '') \
         OR COALESCE(person.address, '') <> COALESCE($6, '') \
         OR COALESCE(person.sex, '') <> COALESCE($7, '')",
        values![
            &person_id,
            &resident.name,
            &resident.kana,
            now_ms,
            resident.born_on.map(|date| date.to_string()),
            resident.address.as_ref(),
            resident.sex.map(RawSex::code)
        ],
    )?;
    let link = sql.execute(
        "INSERT INTO household_resident (household_id, resident_id, ordinal, person_id, needs, \
         plans) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (household_id, resident_id) DO UPDATE SET ordinal = $3, needs = $5, \
         plans = $6 WHERE household_resident.ordinal <> $3 OR household_resident.needs <> $5 \
         OR household_resident.plans <> $6",
        values![
            household_id,
            &resident.resident_id,
            ordinal,
            person_id,
            &resident.needs,
            &resident.plans
        ],
    )?;
    Ok(person + link > 0)
}

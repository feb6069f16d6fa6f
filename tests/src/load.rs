//! A town of ten thousand for figures: a gateway alone, with people and answers that are invented
//! by counting.

pub(crate) mod boxes;
mod gateway;
mod logins;

use std::{
    path::Path,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, ensure};
use reqwest::{Client, header, redirect::Policy};
use rusqlite::{Connection, Transaction, params};

pub use gateway::LoneGateway;
pub use logins::{LoginCost, logins};

/// Who opens the list.
const NURSE: &str = "hokenshi";
const DAY_MS: i64 = 86_400_000;
/// Homes, each with two people and a box.
const HOMES: i64 = 5_000;
/// Days with answers; enough that walking through them would show.
const DAYS: i64 = 30;

/// A gateway with a large town.
pub struct LargeTown {
    gateway: LoneGateway,
}

impl LargeTown {
    /// Builds the town and starts its gateway.
    pub fn start() -> Result<Self> {
        let fill = |folder: &Path| populate(&folder.join("data/gateway.sqlite"));
        Ok(Self { gateway: LoneGateway::start(|text| text, fill)? })
    }

    /// Opens the nurse's list so many times, one after the other over one connection; the time from
    /// the request to the last byte of each, in microseconds.
    pub fn open_list(&self, times: usize) -> Result<Vec<i64>> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let client = Client::builder().redirect(Policy::none()).build()?;
            let mut staff = self.gateway.staff.iter();
            let nurse = staff.find(|one| one.login == NURSE).context("the nurse's account")?;
            let cookie = self.gateway.sign_in(&client, nurse).await?;
            let mut took = Vec::new();
            for _ in 0..times {
                let begun = Instant::now();
                let request = client.get(format!("{}/check-ins", self.gateway.console));
                let answer = request.header(header::COOKIE, &cookie).send().await?;
                let page = answer.error_for_status()?.text().await?;
                took.push(i64::try_from(begun.elapsed().as_micros())?);
                ensure!(page.contains("人のうち 1〜100人目"), "this is not the list: {page}");
            }
            Ok(took)
        })
    }

    /// CPU time that the gateway used so far, in microseconds.
    pub fn cpu_us(&self) -> Result<i64> {
        self.gateway.cpu_us()
    }
}

fn populate(database: &Path) -> Result<()> {
    let now_ms = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?;
    let mut connection = Connection::open(database)?;
    let transaction = connection.transaction()?;
    for home in 0..HOMES {
        let household = format!("load-home-{home:05}");
        let area = format!("A{:02}", 1 + home % 25);
        transaction.execute(
            "INSERT INTO household (household_id, ordinal, area_id, language, speak_names, \
             check_in_enabled, version) VALUES (?1, ?2, ?3, 'ja', 1, 1, 1)",
            params![household, 1_000 + home, area],
        )?;
        // One box of a hundred is silent.
        let seen_ms = now_ms - if home % 100 == 0 { DAY_MS } else { 60_000 };
        transaction.execute(
            "INSERT INTO device (device_id, household_id, state, certificate_sha256, certificate, \
             public_key_sha256, enrolled_at_ms, last_seen_ms) \
             VALUES (?1, ?1, 'active', ?2, x'01', x'01', ?3, ?4)",
            params![household, household.as_bytes(), now_ms - 60 * DAY_MS, seen_ms],
        )?;
        for resident in 0..2 {
            let number = home * 2 + resident;
            person(&transaction, &household, number, now_ms)?;
        }
    }
    Ok(transaction.commit()?)
}

fn person(sql: &Transaction<'_>, household: &str, number: i64, now_ms: i64) -> Result<()> {
    let id = format!("load-person-{number:05}");
    sql.execute(
        "INSERT INTO person (person_id, name, kana, created_at_ms, born_on) \
         VALUES (?1, ?2, ?3, 0, '1944-05-03')",
        params![id, format!("見本 {number}"), format!("ミホン {}", number * 7_919 % 10_000)],
    )?;
    sql.execute(
        "INSERT INTO household_resident (household_id, resident_id, ordinal, person_id, needs, \
         plans) VALUES (?1, ?2, ?3, ?2, '[]', '[]')",
        params![household, id, number % 2],
    )?;
    // One in fifty has not answered for some days; one in twenty not yet today.
    let newest = if number % 50 == 0 { 1 + number / 50 % 4 } else { i64::from(number % 20 == 1) };
    for ago in newest..DAYS {
        answer(sql, household, &id, now_ms - ago * DAY_MS - 1_000)?;
    }
    sql.execute(
        "INSERT INTO standing_answer SELECT person_id, business_date, happened_at_ms, \
         received_at_ms, condition, contact_wanted FROM check_in WHERE person_id = ?1 \
         ORDER BY happened_at_ms DESC LIMIT 1",
        params![id],
    )?;
    Ok(())
}

fn answer(sql: &Transaction<'_>, device: &str, person: &str, at_ms: i64) -> Result<()> {
    let report = format!("{person}-{at_ms}");
    let insert = "INSERT INTO report VALUES (?1, ?2, 'check-in', x'00', ?3)";
    sql.prepare_cached(insert)?.execute(params![report, device, at_ms])?;
    let insert = "INSERT INTO check_in (report_id, person_id, device_id, business_date, \
        happened_at_ms, received_at_ms, clock_trusted, level, condition, contact_wanted) \
        VALUES (?1, ?2, ?3, date(?4 / 1000, 'unixepoch', '+9 hours'), ?4, ?4, 1, 1, ?5, 0)";
    let condition = if at_ms / 7 % 40 == 0 { "bad" } else { "good" };
    sql.prepare_cached(insert)?.execute(params![report, person, device, at_ms, condition])?;
    Ok(())
}

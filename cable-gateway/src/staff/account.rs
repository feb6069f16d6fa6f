//! Accounts: who may sign in, and in which role.

use zeroize::Zeroizing;

use crate::{
    clock::Clock,
    free_text::{self, FreeTextFault},
    random::{self, Random},
    staff::{
        credential::{self, PasswordHashing, SecondFactor},
        delay,
        seal::Seal,
    },
    store::{Row, Sql, Store, StoreError},
    values,
};

/// What a member of staff may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// 防災担当
    DisasterOfficer,
    /// 保健師
    PublicHealthNurse,
    /// 受信機運用: the operator's support; sees boxes, never what residents said
    FleetOperator,
    /// 住民窓口: cards of residents, never what they said
    RegistryClerk,
}

impl Role {
    /// Code in the database and on the command line.
    pub fn code(self) -> &'static str {
        match self {
            Self::DisasterOfficer => "disaster-officer",
            Self::PublicHealthNurse => "public-health-nurse",
            Self::FleetOperator => "fleet-operator",
            Self::RegistryClerk => "registry-clerk",
        }
    }

    /// Reads a [`code`](Self::code).
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::DisasterOfficer, Self::PublicHealthNurse, Self::FleetOperator, Self::RegistryClerk]
            .into_iter()
            .find(|role| role.code() == code)
    }

    /// Name as staff and residents know it.
    pub fn title(self) -> &'static str {
        match self {
            Self::DisasterOfficer => "防災担当",
            Self::PublicHealthNurse => "保健師",
            Self::FleetOperator => "受信機運用",
            Self::RegistryClerk => "住民窓口",
        }
    }
}

/// One member of staff, without secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffMember {
    /// Random id.
    pub staff_id: String,
    /// Name as written.
    pub name: String,
    /// Office, e.g. 健康づくり課.
    pub office: String,
    /// Role.
    pub role: Role,
}

impl StaffMember {
    /// Office and role as the resident sees them in the access log.
    pub fn viewer(&self) -> String {
        format!("{} {}", self.office, self.role.title())
    }

    pub(super) fn from_row(row: &Row) -> Result<Self, StoreError> {
        let role = Role::from_code(&row.get::<String>("role")?);
        Ok(Self {
            staff_id: row.get("staff_id")?,
            name: row.get("name")?,
            office: row.get("office")?,
            role: role.ok_or(StoreError::Column { column: "role" })?,
        })
    }
}

/// Why an account was not created or changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The login has another shape.
    #[error("the login must have 1 to 64 of the characters a-z 0-9 . _ -")]
    Login,
    /// A name or an office is empty or too long.
    #[error("{0} must have 1 to 300 bytes and not be blank; a kanji has 3 bytes")]
    Text(&'static str),
    /// Who looked at somebody's data is told on the television, which cannot show this.
    #[error("{0} has {1}; use kanji, kana, Latin letters, digits and common marks")]
    Letters(&'static str, FreeTextFault),
    /// The password is too short or too long.
    #[error("the password must have 12 to 256 characters")]
    Password,
    /// Somebody has this login already.
    #[error("the login {0} exists already; choose another")]
    Taken(String),
    /// Nobody has this login.
    #[error("nobody has the login {0}")]
    Unknown(String),
    /// The password could not be hashed, or the second factor not be made.
    #[error(transparent)]
    Credential(#[from] credential::CredentialError),
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What the town's administrator says about a new member of staff.
pub struct NewStaff {
    /// Login, lower case.
    pub login: String,
    /// Name as written.
    pub name: String,
    /// Office.
    pub office: String,
    /// Role.
    pub role: Role,
    /// First password.
    pub password: Zeroizing<String>,
}

/// Creates an account; the answer holds the secret of the second factor, shown once.
pub async fn create(
    store: &Store,
    clock: &dyn Clock,
    random: &dyn Random,
    hashing: &PasswordHashing,
    seal: &Seal,
    new: NewStaff,
) -> Result<SecondFactor, AccountError> {
    check(&new)?;
    let hash = hashing.hash(new.password.clone(), random::bytes::<16>(random)).await?;
    let factor = SecondFactor::generate(random, &new.login)?;
    let (now_ms, staff_id) = (clock.now_ms(), random::id(random));
    let secret = seal.close(random, &new.login, factor.secret());
    let login = new.login.clone();
    let insert = move |sql: &mut dyn Sql| {
        sql.execute(
            "INSERT INTO staff (staff_id, login, name, office, role, password_hash, totp_secret, \
             totp_last_step, active, created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 1, $8)",
            values![
                staff_id,
                new.login,
                new.name,
                new.office,
                new.role.code(),
                hash,
                secret,
                now_ms
            ],
        )
    };
    match store.write(insert).await {
        Ok(_) => Ok(factor),
        Err(StoreError::Conflict(_)) => Err(AccountError::Taken(login)),
        Err(error) => Err(error.into()),
    }
}

/// Ends the waiting that failed sign-ins brought.
pub async fn unlock(store: &Store, seal: &Seal, login: &str) -> Result<(), AccountError> {
    let (seal, login) = (seal.clone(), login.to_owned());
    store
        .write(move |sql| {
            let known =
                sql.optional("SELECT staff_id FROM staff WHERE login = $1", values![&login])?;
            if known.is_none() {
                return Err(AccountError::Unknown(login));
            }
            delay::forget(sql, &seal, &login)?;
            Ok(())
        })
        .await
}

/// Name of a member of staff by id; empty when unknown.
pub fn name_of(sql: &mut dyn Sql, staff_id: &str) -> Result<String, StoreError> {
    let row = sql.optional("SELECT name FROM staff WHERE staff_id = $1", values![staff_id])?;
    row.map_or(Ok(String::new()), |row| row.get("name"))
}

fn check(new: &NewStaff) -> Result<(), AccountError> {
    if !is_login(&new.login) {
        return Err(AccountError::Login);
    }
    for (field, text) in [("the name", &new.name), ("the office", &new.office)] {
        if free_text::is_blank(text) || text.len() > 300 {
            return Err(AccountError::Text(field));
        }
        free_text::check_for_television(text)
            .map_err(|fault| AccountError::Letters(field, fault))?;
    }
    if !(12..=256).contains(&new.password.chars().count()) {
        return Err(AccountError::Password);
    }
    Ok(())
}

/// Whether a text can be a login at all.
pub fn is_login(text: &str) -> bool {
    let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-');
    (1..=64).contains(&text.len()) && text.bytes().all(allowed)
}

//! Why a door stayed shut: one line, what and how to mend it, in both languages.

use cases::{CaseId, Role};
use database::DatabaseError;
use law::Text;

use crate::account::AccountId;
use crate::password::{LEAST, MOST};
use crate::policies::PolicyError;

/// Why a password was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordRefused {
    /// It has fewer letters than 12.
    TooShort,
    /// It has more letters than 128.
    TooLong,
    /// It is one that many use, or that a program guesses first.
    Common,
    /// It is made of the login.
    Login,
}

/// Why something at the doors was not done. Nothing was recorded unless it says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum DoorsError {
    /// The database did not do it.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// There is an account already.
    #[error("this installation is set up already: sign in with an account of it")]
    SetUp,
    /// There is none such.
    #[error("there is no account `{0}`")]
    NoAccount(AccountId),
    /// Another has it.
    #[error("the login is taken: choose another")]
    LoginTaken,
    /// Something handed in is not what it should be.
    #[error("`{field}` {what}")]
    Bad {
        /// Which field.
        field: &'static str,
        /// What is wrong and how to mend it.
        what: &'static str,
        /// The same in Chinese.
        zh: &'static str,
    },
    /// A role without the scope it needs.
    #[error("the role `{role}` goes with {needs}")]
    Scope {
        /// The role.
        role: Role,
        /// What it needs.
        needs: &'static str,
    },
    /// Nobody could run the installation afterwards.
    #[error("this is the last active administrator: make another one first")]
    LastAdministrator,
    /// The account cannot be used that way in its status.
    #[error("the account `{0}` is not active")]
    NotActive(AccountId),
    /// Only a closed account is forgotten.
    #[error("the account `{0}` is not closed: close it first")]
    NotClosed(AccountId),
    /// A password that is not taken.
    #[error("the password is not taken: {}", password(*.0).1)]
    Password(PasswordRefused),
    /// The old password or the code is wrong.
    #[error("the password or the code is wrong")]
    Wrong,
    /// Too many wrong ones.
    #[error("too many attempts: wait until {until}")]
    Throttled {
        /// From when on it may be tried again.
        until: jiff::Timestamp,
    },
    /// No second factor was begun, or there is one already.
    #[error("the second factor {0}")]
    Factor(&'static str),
    /// There is none such.
    #[error("there is no organisation `{0}`")]
    NoOrganisation(String),
    /// There is one already.
    #[error("the organisation `{0}` exists already")]
    OrganisationExists(String),
    /// A link that was used, has ended, was revoked, or never was one.
    #[error("this invitation is not valid any more: ask for a new one")]
    NoInvitation,
    /// There is no such token, session or invitation.
    #[error("there is no {what} `{id}`")]
    NoSuch {
        /// What.
        what: &'static str,
        /// Its id.
        id: String,
    },
    /// An identity of another provider is somebody else's.
    #[error("this identity belongs to another account already")]
    ExternalTaken,
    /// Another master key.
    #[error("the master key is not the one these doors were made with: hand in that one")]
    WrongKey,
    /// Something that was sealed does not open.
    #[error("what is sealed at `{0}` does not open: restore it from a backup")]
    Sealed(String),
    /// The record does not hold.
    #[error("the record of the doors does not hold at entry {0}: restore it from a backup")]
    Broken(i64),
    /// The writer is gone.
    #[error("the doors are being closed, and nothing was recorded")]
    Closed,
    /// Policies that are none.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// A case of which something was asked is not known.
    #[error("case `{0}` is of a procedure that is not known here")]
    NoProcedure(CaseId),
    /// The machine.
    #[error("{what}: {error}")]
    Io {
        /// Where.
        what: &'static str,
        /// The system's word.
        error: std::io::Error,
    },
}

impl From<database::SealError> for DoorsError {
    fn from(error: database::SealError) -> Self {
        match error {
            database::SealError::Random(error) => Self::Io { what: "randomness", error },
            database::SealError::Sealed(at) => Self::Sealed(at),
        }
    }
}

impl From<sqlx::Error> for DoorsError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}

fn password(refused: PasswordRefused) -> (String, String) {
    match refused {
        PasswordRefused::TooShort => (format!("至少{LEAST}个字符"), format!("take at least {LEAST} characters")),
        PasswordRefused::TooLong => (format!("最多{MOST}个字符"), format!("take at most {MOST} characters")),
        PasswordRefused::Common => (
            "太常见或太容易猜到，请另选".to_owned(),
            "it is among the first that are guessed; choose another".to_owned(),
        ),
        PasswordRefused::Login => ("不得由登录名构成".to_owned(), "it must not be made of the login".to_owned()),
    }
}

impl DoorsError {
    /// A stable word for it, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Database(DatabaseError::Newer { .. }) => "newer-database",
            Self::Database(DatabaseError::Address { .. }) => "database-address",
            Self::Database(_) => "database",
            Self::SetUp => "set-up-already",
            Self::NoAccount(_) => "no-account",
            Self::LoginTaken => "login-taken",
            Self::Bad { .. } => "bad-field",
            Self::Scope { .. } => "role-and-scope",
            Self::LastAdministrator => "last-administrator",
            Self::NotActive(_) => "account-not-active",
            Self::NotClosed(_) => "account-not-closed",
            Self::Password(_) => "password-refused",
            Self::Wrong => "wrong-password-or-code",
            Self::Throttled { .. } => "too-many-attempts",
            Self::Factor(_) => "second-factor",
            Self::NoOrganisation(_) => "no-organisation",
            Self::OrganisationExists(_) => "organisation-exists",
            Self::NoInvitation => "no-invitation",
            Self::NoSuch { .. } => "not-found",
            Self::ExternalTaken => "identity-taken",
            Self::WrongKey => "wrong-master-key",
            Self::Sealed(_) | Self::Broken(_) => "record-broken",
            Self::Closed => "closed",
            Self::Policy(_) => "policy",
            Self::NoProcedure(_) => "no-procedure",
            Self::Io { .. } => "system",
        }
    }

    /// Whether the caller's input is at fault, and not the machine, the database or the record.
    pub fn is_input(&self) -> bool {
        !matches!(
            self,
            Self::Database(_) | Self::WrongKey | Self::Sealed(_) | Self::Broken(_) | Self::Closed | Self::Io { .. }
        )
    }

    /// The same in both languages.
    pub fn text(&self) -> Text {
        let zh = match self {
            Self::Database(error) => format!("数据库未能完成，没有任何记录：{error}"),
            Self::SetUp => "本系统已完成初始设置：请用已有账户登录".to_owned(),
            Self::NoAccount(id) => format!("没有账户 `{id}`"),
            Self::LoginTaken => "该登录名已被使用：请另选".to_owned(),
            Self::Bad { field, zh, .. } => format!("`{field}` {zh}"),
            Self::Scope { role, .. } => format!("角色 `{role}` 与所给的管辖范围不符"),
            Self::LastAdministrator => "这是最后一个有效的管理员：请先设立另一个".to_owned(),
            Self::NotActive(id) => format!("账户 `{id}` 未启用"),
            Self::NotClosed(id) => format!("账户 `{id}` 尚未停用：请先停用"),
            Self::Password(refused) => format!("密码未被接受：{}", password(*refused).0),
            Self::Wrong => "密码或验证码不正确".to_owned(),
            Self::Throttled { until } => format!("尝试次数过多：请等到 {until}"),
            Self::Factor(_) => "第二验证因素的当前状态不允许此操作".to_owned(),
            Self::NoOrganisation(id) => format!("没有机构 `{id}`"),
            Self::OrganisationExists(id) => format!("机构 `{id}` 已存在"),
            Self::NoInvitation => "该邀请已失效：请索取新的邀请".to_owned(),
            Self::NoSuch { id, .. } => format!("没有 `{id}`"),
            Self::ExternalTaken => "该外部身份已属于另一账户".to_owned(),
            Self::WrongKey => "主密钥不是建库时所用的主密钥：请提供原主密钥".to_owned(),
            Self::Sealed(at) => format!("`{at}` 处的加密内容无法打开：请从备份恢复"),
            Self::Broken(seq) => format!("门禁记录自第 {seq} 条起不能成立：请从备份恢复"),
            Self::Closed => "系统正在关闭，没有任何记录".to_owned(),
            Self::Policy(error) => return error.text(),
            Self::NoProcedure(case) => format!("案件 `{case}` 的程序在此不为所知"),
            Self::Io { what, error } => format!("{what}：{error}"),
        };
        Text::new(zh, self.to_string())
    }
}

//! Why the store did not do something: one line, what and how to mend it, in both languages.

use database::{DatabaseError, one_line};
use law::Text;

use crate::case::FoldError;
use crate::payload::MAX_FILE;
use crate::refusal::Refusal;
use crate::terms::{ActionId, CaseId, RequestId, Version};

/// Why the store did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Procedure, law or payload do not allow it. Nothing was recorded.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// There is no such case.
    #[error("case `{0}` is not in this store")]
    NoCase(CaseId),
    /// There is one already.
    #[error("case `{0}` exists already: open the new one under another id")]
    Exists(CaseId),
    /// A name of the caller's is no name.
    #[error("`{what}` is empty, longer than 100 characters, or has other characters than letters, digits and `-_.:@`")]
    BadName {
        /// Which.
        what: &'static str,
    },
    /// The caller's name for a request was used for something else.
    #[error("request `{request}` of case `{case}` was another action before: give each request a name of its own")]
    RequestReused {
        /// The case.
        case: CaseId,
        /// The name.
        request: RequestId,
    },
    /// The database went away while it recorded.
    #[error(
        "it is not known whether `{action}` of case `{case}` was recorded: send the same request again under the same name"
    )]
    Unknown {
        /// The case.
        case: CaseId,
        /// The action.
        action: ActionId,
    },
    /// The database did not do it. Nothing was recorded.
    #[error("the database did not do it, and nothing was recorded: {what}")]
    Database {
        /// What it said, in one line.
        what: String,
    },
    /// The store is being closed.
    #[error("the store is closed, and nothing was recorded")]
    Closed,
    /// The address is none of a database.
    #[error("the database is named as `sqlite:PATH` or `postgres://USER@HOST/NAME`: {what}")]
    Address {
        /// What is wrong.
        what: String,
    },
    /// The database is of a later program.
    #[error(
        "the database was changed by a newer version of tongguan (schema {found}, this program knows {known}): use that one"
    )]
    Newer {
        /// Its version.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// Another master key.
    #[error("the master key is not the one this store was made with: hand in that one")]
    WrongKey,
    /// The database went away while the master key was changed.
    #[error(
        "it is not known whether the master key was changed: open the store with the new key; where that is refused, the old one still holds"
    )]
    KeyUnknown,
    /// It went away before.
    #[error("the database went away, and the master key is still the old one: change it again")]
    KeyUnchanged,
    /// Something of the record does not hold.
    #[error("the record of case `{case}` does not hold at action {version}: {what}; restore it from a backup")]
    Broken {
        /// The case.
        case: CaseId,
        /// The action.
        version: Version,
        /// What does not hold.
        what: &'static str,
    },
    /// The record is none of a case.
    #[error(transparent)]
    Fold(#[from] FoldError),
    /// A file is too large or empty.
    #[error("the file has {size} bytes; between 1 and {MAX_FILE} are taken")]
    FileSize {
        /// Its size.
        size: u64,
    },
    /// A file is not what it says it is.
    #[error("the file is stated as `{stated}` and is {found}: state its own type, or hand in another file")]
    NotWhatItSays {
        /// The media type stated.
        stated: String,
        /// What it is.
        found: &'static str,
    },
    /// The file was never handed in, or is not the one described.
    #[error(
        "the file with digest `{digest}` was not handed in for this case with that size, type and material: hand it in first"
    )]
    NoFile {
        /// SHA-256 of its bytes.
        digest: String,
    },
    /// Its key was destroyed, or is held elsewhere.
    #[error("what was sealed here can no longer be read: {why}")]
    Withheld {
        /// Why.
        why: &'static str,
    },
    /// The evidence log and the store do not belong together.
    #[error("the evidence log does not fit the store: {what}")]
    Log {
        /// What.
        what: String,
    },
    /// A package does not hold.
    #[error("the package does not hold: {what}")]
    Package {
        /// What does not fit.
        what: String,
    },
    /// The case is there with another history.
    #[error("case `{case}` is here with another history from action {from} on: nothing was taken")]
    OtherHistory {
        /// The case.
        case: CaseId,
        /// The first action that differs.
        from: Version,
    },
    /// A backup does not hold, or the store it goes into is not empty.
    #[error("the backup was not restored: {what}")]
    Backup {
        /// Why.
        what: String,
    },
    /// A file system, or a source of randomness.
    #[error("{what}: {error}")]
    Io {
        /// Where.
        what: String,
        /// The system's word.
        error: std::io::Error,
    },
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database { what: one_line(&error.to_string()) }
    }
}

impl From<DatabaseError> for StoreError {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::Address { what } => Self::Address { what },
            DatabaseError::Newer { found, known } => Self::Newer { found, known },
            DatabaseError::Failed { what } => Self::Database { what },
            DatabaseError::Io { what, error } => Self::Io { what, error },
        }
    }
}

impl StoreError {
    /// A stable word for it, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::NoCase(_) => "no-case",
            Self::Exists(_) => "case-exists",
            Self::BadName { .. } => "bad-name",
            Self::RequestReused { .. } => "request-reused",
            Self::Unknown { .. } => "not-known-whether-recorded",
            Self::Database { .. } => "database",
            Self::Closed => "closed",
            Self::Address { .. } => "database-address",
            Self::Newer { .. } => "newer-database",
            Self::WrongKey => "wrong-master-key",
            Self::KeyUnknown => "not-known-which-key",
            Self::KeyUnchanged => "master-key-unchanged",
            Self::Broken { .. } | Self::Fold(_) => "record-broken",
            Self::FileSize { .. } => "file-size",
            Self::NotWhatItSays { .. } => "file-type",
            Self::NoFile { .. } => "no-file",
            Self::Withheld { .. } => "withheld",
            Self::Log { .. } => "log",
            Self::Package { .. } => "package",
            Self::OtherHistory { .. } => "other-history",
            Self::Backup { .. } => "backup",
            Self::Io { .. } => "system",
        }
    }

    /// Whether the caller's input is at fault, and not the machine or the database.
    pub fn is_input(&self) -> bool {
        let machine = matches!(self, Self::Unknown { .. } | Self::Database { .. } | Self::Closed | Self::Io { .. });
        let machine = machine || matches!(self, Self::KeyUnknown | Self::KeyUnchanged);
        !machine && !matches!(self, Self::Log { .. } | Self::Broken { .. } | Self::Fold(_) | Self::Backup { .. })
    }

    /// Whether the same request may succeed when it is sent again, under the same name.
    pub fn may_be_sent_again(&self) -> bool {
        matches!(self, Self::Unknown { .. } | Self::Database { .. } | Self::Closed)
    }

    /// The same in both languages.
    pub fn text(&self) -> Text {
        let zh = match self {
            Self::Refused(refusal) => return refusal.text(),
            Self::NoCase(case) => format!("本库中没有案件 `{case}`"),
            Self::Exists(case) => format!("案件 `{case}` 已存在：请为新案件另取编号"),
            Self::BadName { what } => {
                format!("`{what}` 为空、超过100个字符，或含有字母、数字和 `-_.:@` 以外的字符")
            }
            Self::RequestReused { case, request } => {
                format!("案件 `{case}` 的请求 `{request}` 此前是另一操作：每个请求须有自己的名称")
            }
            Self::Unknown { case, action } => {
                format!("无法确定案件 `{case}` 的 `{action}` 是否已记录：请以同一请求名称重新提交")
            }
            Self::Database { what } => format!("数据库未能完成，没有任何记录：{what}"),
            Self::Closed => "库已关闭，没有任何记录".to_owned(),
            Self::Address { what } => format!("数据库地址写作 `sqlite:路径` 或 `postgres://用户@主机/库名`：{what}"),
            Self::Newer { found, known } => {
                format!("数据库已由更新版本的 tongguan 修改（结构版本 {found}，本程序识别到 {known}）：请使用该版本")
            }
            Self::KeyUnknown => "无法确定主密钥是否已更换：请用新密钥打开本库；如被拒绝，则旧密钥仍然有效".to_owned(),
            Self::KeyUnchanged => "数据库中断，主密钥仍为旧密钥：请重新更换".to_owned(),
            Self::WrongKey => "主密钥不是建库时所用的主密钥：请提供原主密钥".to_owned(),
            Self::Broken { case, version, .. } => {
                format!("案件 `{case}` 的记录自第 {version} 个操作起不能成立：请从备份恢复")
            }
            Self::Fold(error) => format!("案件记录不能成立：{error}"),
            Self::FileSize { size } => format!("文件为 {size} 字节；只接受1至 {MAX_FILE} 字节"),
            Self::NotWhatItSays { stated, .. } => {
                format!("文件声明为 `{stated}`，内容却不是：请声明其真实类型，或换一份文件")
            }
            Self::NoFile { digest } => {
                format!("本案没有上传过摘要为 `{digest}` 且大小、类型和材料相符的文件：请先上传")
            }
            Self::Withheld { .. } => "此处加密的内容已无法读取（密钥已销毁或不在本库）".to_owned(),
            Self::Log { what } => format!("存证日志与本库不符：{what}"),
            Self::Package { what } => format!("案件包不能成立：{what}"),
            Self::OtherHistory { case, from } => {
                format!("本库中的案件 `{case}` 自第 {from} 个操作起历史不同：未作任何导入")
            }
            Self::Backup { what } => format!("未能恢复备份：{what}"),
            Self::Io { what, error } => format!("{what}：{error}"),
        };
        Text::new(zh, self.to_string())
    }
}

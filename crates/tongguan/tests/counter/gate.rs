//! The handler's gate: a table, a transfer, and `clear` in a state folder of its own.

use std::path::{Path, PathBuf};

use jiff::ToSpan as _;
use serde_json::Value;

use crate::served::{HOSPITAL, HOSPITAL_NAME, today, tongguan};

pub(crate) const PURPOSE: &str = "多中心临床研究";
pub(crate) const RECIPIENT: &str = "Voorbeeld UMC";
/// Subjects in the table.
pub(crate) const SUBJECTS: u64 = 120;

/// A folder with a table of a trial and a state folder.
pub(crate) struct Gate {
    folder: tempfile::TempDir,
}

/// What is stated about the right to let data leave.
pub(crate) enum Stands<'a> {
    /// On the signed permit.
    Signed,
    /// On a permit that is only stated, of these fields.
    Stated(&'a [&'a str]),
}

impl Gate {
    pub(crate) fn new() -> Self {
        let gate = Self { folder: tempfile::tempdir().unwrap() };
        gate.ends(&["keys", "list"], 0);
        gate.ends(&["sample", "clinical", "--rows", &SUBJECTS.to_string(), "--seed", "7", "--out", "."], 0);
        gate
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn table(&self) -> Vec<u8> {
        std::fs::read(self.path("clinical.csv")).unwrap()
    }

    /// Runs the program; what it printed.
    #[track_caller]
    pub(crate) fn ends(&self, args: &[&str], status: i32) -> String {
        let done = tongguan(self.folder.path(), "gate").args(["--lang", "en"]).args(args).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let (out, err) = (text(&done.stdout), text(&done.stderr));
        assert_eq!(done.status.code(), Some(status), "{args:?}\n{out}\n{err}");
        out
    }

    /// Runs `clear` of a transfer of these fields to a folder of this name; what it answers.
    #[track_caller]
    pub(crate) fn clear(&self, fields: &[&str], to: &str, stands: &Stands<'_>, status: i32) -> Value {
        std::fs::write(self.path("transfer.toml"), transfer(fields, to, stands)).unwrap();
        serde_json::from_str(&self.ends(&["clear", "transfer.toml", "--format", "json"], status)).unwrap()
    }

    /// Takes the permit and the office's key as they were saved.
    pub(crate) fn take(&self, permit: &str, key: &str) {
        std::fs::write(self.path("permit.note"), permit).unwrap();
        let trust = self.path("gate/trust");
        let pinned = std::fs::read_to_string(&trust).unwrap_or_default();
        std::fs::write(&trust, format!("{pinned}{key}")).unwrap();
    }

    /// The columns of a released table, and all its text.
    pub(crate) fn released(&self, to: &str) -> (Vec<String>, String) {
        let text = std::fs::read_to_string(self.path(to).join("data/clinical.csv")).unwrap();
        let columns = text.lines().next().unwrap().trim_start_matches('\u{feff}').split(',').map(str::to_owned);
        (columns.collect(), text)
    }

    /// The public files of a release, as they go back to the case.
    pub(crate) fn files(&self, to: &str) -> [(&'static str, PathBuf); 3] {
        let folder = self.path(to);
        [("receipt", "receipt.json"), ("permit", "permit.json"), ("proof", "receipt.proof")]
            .map(|(field, file)| (field, folder.join(file)))
    }

    /// Nothing lies where a release would.
    pub(crate) fn nothing_left(&self, to: &str) {
        assert!(!Path::exists(&self.path(to)), "something was left in {to}");
    }
}

/// A CIIO hospital's transfer: an assessment whatever the numbers (CAC Order 16 art 7).
fn transfer(fields: &[&str], to: &str, stands: &Stands<'_>) -> String {
    let today = today();
    let ago = |days: i64| today - days.days();
    let rows: Vec<String> = fields
        .iter()
        .map(|name| {
            let need = if *name == "USUBJID" { "pseudonym" } else { "keep" };
            format!("[[field]]\nname = \"{name}\"\nneed = \"{need}\"\nwhy = \"object of the study\"\n")
        })
        .collect();
    let permit = match stands {
        Stands::Signed => "[permit]\nfile = \"permit.note\"\n".to_owned(),
        Stands::Stated(fields) => format!(
            "[permit]\nkind = \"security-assessment\"\nnumber = \"国安评〔2026〕0001号（示例）\"\neffective = {}\nfields = {fields:?}\n",
            ago(2)
        ),
    };
    format!(
        "[handler]\nname = \"{HOSPITAL_NAME}\"\nuscc = \"{HOSPITAL}\"\nregion = \"CN-BJ\"\ncity = \"110105\"\nzone = \"none\"\n\
         sector = \"none\"\nciio = true\n\
         [recipient]\nid = \"umc-nl\"\nname = \"{RECIPIENT}\"\ncountry = \"NL\"\nstorage = {{ until = {} }}\n\
         [purpose]\nscenario = \"clinical-research\"\ntext = \"{PURPOSE}\"\n\
         [data]\nimportant = \"no\"\ncore = false\nstate_secret = false\noverseas_origin_only = false\n\
         [ground]\nnecessary = \"yes\"\ncontract_with_individual = false\nhr_labour_rules = false\n\
         hr_collective_contract = false\nemergency = false\nstatutory_duty = false\n\
         [list]\nscenario = \"none\"\n[request]\nforeign_authority = false\n\
         [[source]]\npath = \"clinical.csv\"\n[[subject]]\nkey = [\"USUBJID\"]\n{}\
         [duties]\npipia = {{ done = {} }}\nnotice = {{ version = \"ICF 3.1\", since = {} }}\nbasis = \"public-interest\"\n\
         [earlier]\nnone = true\nby = \"示例负责人\"\n{permit}\
         [destination]\npath = \"{to}\"\nformat = \"csv\"\n",
        today + 100.days(),
        rows.concat(),
        ago(30),
        ago(90)
    )
}

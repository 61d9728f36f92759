//! Files of procedures that are wrong: each is refused with one line that names file and place.

use cases::Procedures;

use crate::support::base;

/// A procedure in which nothing is wrong.
const GOOD: &str = r#"
id = "tiny"
prefix = "ti"
name = { zh = "小程序", en = "tiny procedure" }
cite = { zh = "示例第一条", en = "example art 1" }
status = "unconfirmed"
permit = { kind = "standard-contract", effective = "effective" }
from = 2024-01-01

[[state]]
id = "draft"
name = { zh = "草稿", en = "draft" }
holder = "handler"
phase = "preparing"

[[state]]
id = "checking"
name = { zh = "查验", en = "checking" }
holder = "province"
phase = "pending"

[[state]]
id = "filed"
name = { zh = "已备案", en = "filed" }
phase = "in-force"

[[state]]
id = "ended"
name = { zh = "已结束", en = "ended" }
phase = "closed"

[[action]]
id = "record"
name = { zh = "记录生效", en = "record the effect" }
by = ["applicant"]
from = ["draft"]
asks = [{ part = "day", name = "effective", label = { zh = "生效日", en = "day of effect" } }]

[[action]]
id = "submit"
name = { zh = "提交", en = "submit" }
by = ["approver"]
from = ["draft"]
to = "checking"
asks = ["text?"]
needs = [{ did = "record" }]

[[action]]
id = "pass"
name = { zh = "通过", en = "pass" }
by = ["province"]
from = ["checking"]
to = "filed"
asks = ["number"]
effect = "permit"

[[action]]
id = "end"
name = { zh = "结束", en = "end" }
by = ["approver"]
from = ["filed"]
to = "ended"
asks = ["text"]

[[clock]]
clock = "sc-filing"
starts = [{ action = "record", day = "effective" }]
ends = ["submit"]

[[clock]]
clock = "sc-check"
starts = ["submit"]
ends = ["pass"]
"#;

/// What is said of the procedure, or `fine`.
fn said(text: &str) -> String {
    let common = include_str!("../../../../procedures/common.toml");
    let read = Procedures::parse(&[("common.toml", common), ("tiny.toml", text)]);
    match read.and_then(|procedures| procedures.check_clocks(base().clock_book())) {
        Ok(()) => "fine".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn nothing_is_said_of_a_good_file() {
    assert_eq!(said(GOOD), "fine");
}

/// What is put in place of what, and what is then said.
const BAD: &[(&str, &str, &str)] = &[
    // Names that lead nowhere.
    ("to = \"filed\"", "to = \"field\"", "action `pass` names the state `field`, which is none"),
    ("from = [\"checking\"]", "from = [\"chekking\"]", "action `pass` names the state `chekking`, which is none"),
    ("{ did = \"record\" }", "{ did = \"recrod\" }", "action `submit` needs `recrod`, which is no action"),
    ("ends = [\"pass\"]", "ends = [\"pas\"]", "clock `sc-check` names the action `pas`, which is none"),
    ("starts = [\"submit\"]", "starts = [\"sumbit\"]", "clock `sc-check` starts by the action `sumbit`, which is none"),
    ("clock = \"sc-check\"", "clock = \"sc-chek\"", "clock `sc-chek` is none of the lawbook's"),
    (
        "day = \"effective\" }",
        "day = \"signed\" }",
        "clock `sc-filing` starts on the day `signed`, for which `record` does not ask",
    ),
    (
        "effective = \"effective\" }",
        "effective = \"signed\" }",
        "`permit.effective` names the day `signed`, for which no action asks",
    ),
    (
        "needs = [{ did = \"record\" }]",
        "needs = [{ late = \"sc-supplement\" }]",
        "action `submit` needs the clock `sc-supplement`, which does not run in this procedure",
    ),
    (
        "ends = [\"pass\"]",
        "ends = [\"pass\"]\ndrops = [\"pass\"]",
        "clock `sc-check` is both ended and dropped by `pass`",
    ),
    (
        "starts = [\"submit\"]",
        "starts = [{ action = \"submit\", to = [\"filed\"] }]",
        "clock `sc-check` starts where `submit` leads to `filed`, and it never does",
    ),
    (
        "starts = [\"submit\"]",
        "starts = [{ end-of = \"sc-check\" }]",
        "clock `sc-check` starts from the end of `sc-check`, which has to stand before it",
    ),
    (
        "starts = [\"submit\"]",
        "starts = [{ end-of = \"sc-refiling\" }]",
        "clock `sc-check` starts from the end of `sc-refiling`, which does not run in this procedure",
    ),
    (
        "starts = [\"submit\"]",
        "starts = [{ once = \"sumbit\" }]",
        "clock `sc-check` starts once `sumbit` was taken, which is no action",
    ),
    (
        "starts = [\"submit\"]",
        "starts = [{ began = \"signed\" }]",
        "clock `sc-check` looks at the day `signed`, for which no action asks",
    ),
    (
        "ends = [\"pass\"]",
        "ends = [\"pass\"]\nprolonged_by = [\"pass\"]",
        "clock `sc-check` is prolonged by `pass`, which does not ask for `workdays`",
    ),
    // States.
    (
        "from = [\"draft\"]\nto = \"checking\"",
        "from = [\"checking\"]\nto = \"checking\"",
        "state `draft` is held by somebody who cannot move it on",
    ),
    (
        "from = [\"filed\"]\nto = \"ended\"",
        "from = [\"ended\"]\nto = \"ended\"",
        "state `draft` leads to no closed state, so a case in it never ends",
    ),
    ("phase = \"pending\"", "phase = \"closed\"", "state `checking` is closed, so nobody holds it"),
    ("holder = \"province\"\n", "", "state `checking` waits for somebody: name the `holder`"),
    ("phase = \"preparing\"", "phase = \"pending\"", "state `draft` is the first, so its phase has to be `preparing`"),
    (
        "[[action]]\nid = \"end\"",
        "[[state]]\nid = \"lost\"\nname = { zh = \"迷失\", en = \"lost\" }\nphase = \"closed\"\n\n[[action]]\nid = \"end\"",
        "state `lost` is reached by no action",
    ),
    ("id = \"ended\"\n", "id = \"filed\"\n", "state `filed` stands there twice"),
    (
        "by = [\"province\"]",
        "by = [\"province\", \"national\"]",
        "state `checking` is moved on by `pass`, which `national` may take and who does not hold it",
    ),
    (
        "from = [\"filed\"]\nto = \"ended\"",
        "from = [\"filed\", \"ended\"]\nto = \"ended\"",
        "state `ended` is closed, and `end` still changes the case",
    ),
    // Actions.
    ("id = \"end\"\n", "id = \"pass\"\n", "action `pass` stands there twice"),
    ("by = [\"applicant\"]", "by = []", "action `record` names nobody in `by`"),
    ("by = [\"applicant\"]", "by = [\"auditor\"]", "action `record` is given to the auditor, who reads only"),
    (
        "by = [\"applicant\"]",
        "by = [\"administrator\"]",
        "action `record` is given to the administrator, who decides nothing but closes what is `over`",
    ),
    (
        "by = [\"province\"]",
        "by = [\"approver\", \"province\"]",
        "action `pass` issues a permit, which the handler's side cannot",
    ),
    ("from = [\"filed\"]", "from = []", "action `end` can be taken from no state: name one in `from`"),
    (
        "from = [\"filed\"]",
        "from = \"everywhere\"",
        "action `end`: `from = \"everywhere\"` is neither `open` nor `any`; states go into a list",
    ),
    ("{ did = \"record\" }", "{ did = \"submit\" }", "action `submit` needs itself first, so it can never be taken"),
    (
        "asks = [\"text\"]",
        "asks = [\"text\"]\nin_force = { from = 2024-01-01, to = 2023-12-31 }",
        "action `end` can be taken on no day: its last day lies before its first",
    ),
    ("asks = [\"text\"]", "asks = [\"text\", \"text\"]", "action `end` asks for text twice"),
    ("asks = [\"text\"]", "asks = [\"txet\"]", "action `end` asks for `txet`, which is no part"),
    (
        "asks = [\"text\"]",
        "asks = [{ part = \"text\", name = \"why\" }]",
        "action `end` asks for a `day` without a `name`, or names another part",
    ),
    (
        ", label = { zh = \"生效日\", en = \"day of effect\" }",
        "",
        "action `record` asks for a `day` without a `label` that says what it is",
    ),
    (
        "name = \"effective\", label",
        "name = \"effective\", on = \"13-01\", label",
        "action `record` asks for a day `on` what is none; write month and day, such as \"12-31\"",
    ),
    (
        "to = \"filed\"",
        "to = { approved = \"filed\", in-part = \"filed\", refused = \"ended\" }",
        "action `pass` leads where the decisions say, so it has to ask for `decisions`",
    ),
    (
        "permit = { kind = \"standard-contract\", effective = \"effective\" }\n",
        "",
        "action `pass` issues or ends a permit, so the procedure has to name its kind in `permit`",
    ),
    (
        "needs = [{ did = \"record\" }]",
        "needs = [{ region = [\"上海\"] }]",
        "action `submit` needs a `region` that is none; write it like \"CN-SH\"",
    ),
    (
        "needs = [{ did = \"record\" }]",
        "needs = [{ did-since = { did = \"record\", since = \"now\" } }]",
        "action `submit` needs `record` since `now`, and one of them is no action",
    ),
    (
        "needs = [{ did = \"record\" }]",
        "needs = [{ complete-as-of = [\"now\"] }]",
        "action `submit` needs the forms complete as of an action which is none",
    ),
    // Words.
    (
        "ends = [\"pass\"]",
        "ends = [\"pass\"]\nreading = { text = { zh = \"读法\", en = \"\" }, status = \"unconfirmed\" }",
        "clock `sc-check` has a text without `zh` or without `en`",
    ),
    (
        "zh = \"提交\", en = \"submit\"",
        "zh = \"\", en = \"submit\"",
        "action `submit` has a text without `zh` or without `en`",
    ),
    (
        "zh = \"草稿\", en = \"draft\"",
        "zh = \"草稿\", en = \"草稿\"",
        "state `draft` has a text whose `en` has Chinese characters",
    ),
    ("zh = \"小程序\"", "zh = \"tiny\"", "the procedure has a text whose `zh` has no Chinese character"),
    (
        "id = \"record\"\n",
        "id = \"Record!\"\n",
        "action `Record!` has an id that is not of small letters, digits and hyphens",
    ),
    ("id = \"tiny\"", "id = \"small\"", "its `id` is `small`; a file is named by it"),
    ("prefix = \"ti\"", "prefix = \"\"", "its `prefix` is not of small letters"),
    // Against the law.
    (
        "starts = [\"submit\"]\nends = [\"pass\"]",
        "starts = [\"submit\"]",
        "clock `sc-check` is a duty that no action in `ends` ever does; or is it a `right`?",
    ),
    (
        "starts = [\"submit\"]\nends = [\"pass\"]",
        "starts = [\"submit\"]\nends = [\"end\"]",
        "clock `sc-check` is ended by nobody whose duty it is",
    ),
    (
        "starts = [\"submit\"]\nends",
        "starts = [\"submit\"]\nparty = \"handler\"\nends",
        "clock `sc-check` has a `party`, and the law names one side only",
    ),
    (
        "starts = [\"submit\"]\nends",
        "starts = [{ once = \"submit\" }]\nends",
        "clock `sc-check` starts by the law, and the lawbook names no day",
    ),
    (
        "clock = \"sc-filing\"\n",
        "clock = \"sc-filing\"\npauses = [{ from = \"pass\", to = [\"end\"] }]\n",
        "clock `sc-filing` is stopped, and its provision knows no stop",
    ),
    ("asks = [\"number\"]", "asks = [\"number\", \"workdays\"]", "fine"),
    (
        "needs = [{ did = \"record\" }]",
        "needs = [{ open = \"sc-filing\" }]",
        "action `submit` needs the window of `sc-filing`, which is a period to act by and no window",
    ),
    // What is no TOML, or has words nobody knows.
    ("from = 2024-01-01\n", "from = 2024-13-01\n", "line 8: "),
    ("prefix = \"ti\"", "prefix = \"ti\"\nprefiks = \"ti\"", "line 4: unknown field `prefiks`"),
    ("phase = \"closed\"", "phase = \"shut\"", "unknown variant `shut`"),
    ("to = \"filed\"", "to = 7", "`to` is a state, \"in-force\" or { approved, in-part, refused }"),
    ("starts = [\"submit\"]", "starts = [{ day = \"x\" }]", "starts by an `action`"),
];

#[test]
fn every_fault_is_one_line_that_names_file_and_place() {
    let mut wrong = Vec::new();
    for (old, new, expected) in BAD {
        assert_eq!(GOOD.matches(old).count(), 1, "`{old}` stands once in the good file");
        let said = said(&GOOD.replace(old, new));
        let place = *expected == "fine" || (said.starts_with("procedures/tiny.toml: ") && !said.contains('\n'));
        if !said.contains(expected) || !place {
            wrong.push(format!("`{new}` instead of `{old}`:\n    said     {said}\n    expected {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_action_of_permits_is_dead_where_there_is_none() {
    let without = GOOD
        .replace("permit = { kind = \"standard-contract\", effective = \"effective\" }\n", "")
        .replace("effect = \"permit\"\n", "");
    assert_eq!(said(&without), "fine");
    let dead = without.replace("asks = [\"text\"]", "asks = [\"text\"]\nneeds = [\"over\"]");
    assert_eq!(
        said(&dead),
        "procedures/tiny.toml: action `end` needs a permit, and the procedure issues none, so it can never be taken"
    );
}

#[test]
fn two_procedures_do_not_share_a_prefix() {
    let other = GOOD.replace("id = \"tiny\"", "id = \"other\"");
    let common = include_str!("../../../../procedures/common.toml");
    let read = Procedures::parse(&[("common.toml", common), ("tiny.toml", GOOD), ("other.toml", &other)]);
    assert_eq!(read.unwrap_err().to_string(), "procedures/other.toml: its `id` or `prefix` is another procedure's");
}

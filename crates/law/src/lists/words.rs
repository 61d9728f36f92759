//! What a row says, in both languages: made from its figures, so that text and rule never differ.

use crate::Text;
use crate::lists::edition::{Band, ListEdition, ListPath, ListRow, PersonKind, ResidualRow};
use crate::logic::facts::grouped;

/// Joins names in both languages.
fn join<'a>(names: impl Iterator<Item = &'a Text>) -> Text {
    let names: Vec<&Text> = names.collect();
    let zh: Vec<&str> = names.iter().map(|name| name.zh.as_str()).collect();
    let en: Vec<&str> = names.iter().map(|name| name.en.as_str()).collect();
    Text::new(zh.join("、"), en.join(", "))
}

fn kind(kind: PersonKind) -> Text {
    match kind {
        PersonKind::Ordinary => Text::new("普通个人信息", "ordinary information"),
        PersonKind::Sensitive => Text::new("敏感个人信息", "sensitive information"),
    }
}

fn band(of: PersonKind, band: Band) -> Text {
    let kind = kind(of);
    match (band.min, band.max) {
        (Some(min), Some(max)) => Text::new(
            format!("{}达到{}人、不满{}人", kind.zh, grouped(min), grouped(max)),
            format!("{} of at least {} and fewer than {} persons", kind.en, grouped(min), grouped(max)),
        ),
        (Some(min), None) => Text::new(
            format!("{}达到{}人", kind.zh, grouped(min)),
            format!("{} of at least {} persons", kind.en, grouped(min)),
        ),
        (None, Some(max)) => Text::new(
            format!("{}不满{}人", kind.zh, grouped(max)),
            format!("{} of fewer than {} persons", kind.en, grouped(max)),
        ),
        (None, None) => kind,
    }
}

fn bands(each: impl Iterator<Item = (PersonKind, Band)>, together: bool) -> Text {
    let said: Vec<Text> = each.map(|(kind, numbers)| band(kind, numbers)).collect();
    let zh: Vec<&str> = said.iter().map(|text| text.zh.as_str()).collect();
    let en: Vec<&str> = said.iter().map(|text| text.en.as_str()).collect();
    if together {
        Text::new(zh.join("，且"), en.join(" and "))
    } else {
        Text::new(zh.join("，或者"), en.join(", or "))
    }
}

/// What the path asks for.
pub(crate) fn path(path: ListPath) -> Text {
    match path {
        ListPath::Free => Text::new("三种程序都不需要", "none of the three procedures"),
        ListPath::FreeAfterFiling => Text::new(
            "向所在片区备案后出境，三种程序都不需要",
            "none of the three procedures, after filing with the zone",
        ),
        ListPath::StandardContractOrCertification => {
            Text::new("订立标准合同或者通过认证", "standard contract or certification")
        }
        ListPath::SecurityAssessment => Text::new("申报安全评估", "security assessment"),
    }
}

fn short(row: ListPath) -> Text {
    match row {
        ListPath::Free => Text::new("免", "free"),
        ListPath::FreeAfterFiling => Text::new("备案后免", "free after filing"),
        other => path(other),
    }
}

fn scenario_names(edition: &ListEdition, sector: &str, scenarios: &[String]) -> Text {
    join(scenarios.iter().filter_map(|slug| edition.scenario(sector, slug)).map(|scenario| &scenario.name))
}

/// The row's short title: scenarios and path.
pub(crate) fn row_title(edition: &ListEdition, row: &ListRow) -> Text {
    let names = scenario_names(edition, &row.sector, &row.scenarios);
    let what = match row.important {
        Some(_) => Text::new("重要数据", "important data"),
        None => short(row.path),
    };
    Text::new(format!("{}：{}", names.zh, what.zh), format!("{}: {}", names.en, what.en))
}

/// What the row says.
pub(crate) fn row(edition: &ListEdition, row: &ListRow) -> Text {
    let names = scenario_names(edition, &row.sector, &row.scenarios);
    let asks = path(row.path);
    let mut said = match &row.important {
        Some(what) => Text::new(
            format!("“{}”场景的重要数据：{} {}。", names.zh, ended(&what.zh, "。"), asks.zh),
            format!("Important data of the scenarios {}: {} {}.", names.en, ended(&what.en, "."), capital(&asks.en)),
        ),
        None => {
            let numbers = bands(row.bands().each(), row.path.frees());
            Text::new(
                format!("“{}”场景中清单列明的字段，{}的，{}。", names.zh, numbers.zh, asks.zh),
                format!("The fields the list names for {}: {}: {}.", names.en, numbers.en, asks.en),
            )
        }
    };
    if let Some(extra) = &row.note {
        said = Text::new(format!("{}{}", said.zh, extra.zh), format!("{} {}", said.en, extra.en));
    }
    said
}

fn ended(text: &str, stop: &str) -> String {
    format!("{}{stop}", text.trim_end_matches(['.', '。']))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What a residual row says.
pub(crate) fn residual(edition: &ListEdition, row: &ResidualRow) -> Text {
    let sector = edition.sector(&row.sector).map(|sector| sector.name.clone()).unwrap_or_default();
    let numbers =
        bands([(PersonKind::Ordinary, row.ordinary), (PersonKind::Sensitive, row.sensitive)].into_iter(), false);
    let asks = path(row.path);
    Text::new(
        format!("{}行业中未列入清单场景和字段的个人信息按全国人数标准：{}的，{}。", sector.zh, numbers.zh, asks.zh),
        format!(
            "Personal information of {} outside the listed scenarios and fields follows the national numbers: {}: {}.",
            sector.en, numbers.en, asks.en
        ),
    )
}

/// The names of the list's sectors.
pub(crate) fn sectors(edition: &ListEdition) -> Text {
    join(edition.sector.iter().map(|sector| &sector.name))
}

/// `行业第n行` of a row that has a number.
pub(crate) fn article(sector: &str, n: Option<&str>, id: &str) -> String {
    match n {
        Some(n) => format!("{sector} row {n}"),
        None => id.to_owned(),
    }
}

//! What one edition's file must be before it becomes rules: whole in both languages, and of one piece.

use std::collections::BTreeSet;

use crate::book::definition::FactDefinition;
use crate::clock::Clock;
use crate::lists::edition::{Band, Extent, ListEdition, ListPath, ListRow, PersonKind};
use crate::{LawError, Status, Text, Value, source};

/// Reads an edition and checks everything one file can show. The error names file and row.
pub(crate) fn parse_edition(
    file: &str,
    text: &str,
    names: &[FactDefinition],
    clocks: &[Clock],
) -> Result<ListEdition, LawError> {
    let edition: ListEdition = source::parse(file, text)?;
    let fault = |what: String| Err(LawError::file(file, what));
    let stem = file.rsplit('/').next().and_then(|name| name.strip_suffix(".toml")).unwrap_or_default();
    if edition.id != stem {
        return fault(format!("says `id = \"{}\"`; the id is the file's name, `{stem}`", edition.id));
    }
    for (place, text) in texts(&edition) {
        if let Some(language) = text.missing_language() {
            return fault(format!("{place} lacks its `{language}`; write it"));
        }
    }
    if edition.zones.is_empty() && edition.cities.is_empty() {
        return fault("says neither `zones` nor `cities`; nobody could use it".into());
    }
    let zone = names.iter().find(|fact| fact.id == "handler.zone");
    for name in &edition.zones {
        if zone.is_none_or(|zone| zone.accepts(&Value::Text(name.clone())).is_err()) || name == "none" {
            return fault(format!("`{name}` is no zone; use the values of `handler.zone`"));
        }
    }
    let term = &edition.in_force;
    if term.to.is_some_and(|to| to < term.from) {
        return fault("ends before it begins; mend `in_force`".into());
    }
    if term.settled_from.is_some_and(|day| day <= term.from) {
        return fault("is settled no later than it begins; take `settled_from` out or mend it".into());
    }
    if edition.status != Status::Unconfirmed && edition.source.is_empty() {
        return fault("has no `source`; name one or set `status = \"unconfirmed\"`".into());
    }
    if (edition.known == Extent::Partial) != edition.missing.is_some() {
        return fault("`missing` says what of a partial list was not seen; write it there, and only there".into());
    }
    for duty in &edition.duty {
        if let Some(id) = duty.clocks.iter().find(|id| !clocks.iter().any(|clock| &clock.id == *id)) {
            return fault(format!("the duty `{}` names the clock `{id}`, which is not in `clocks.toml`", duty.id));
        }
    }
    let sectors = edition.also_check.iter().flat_map(|regime| &regime.sectors);
    if let Some(slug) = sectors.into_iter().find(|slug| edition.sector(slug).is_none()) {
        return fault(format!("`also_check` names the sector `{slug}`, which the list does not have"));
    }
    let mut ids = BTreeSet::new();
    let rows = edition.row.iter().map(|row| &row.id);
    for id in rows.chain(edition.residual.iter().map(|row| &row.id)).chain(edition.scale.iter().map(|row| &row.id)) {
        if !ids.insert(id) {
            return fault(format!("row `{id}` is there twice; keep one"));
        }
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-".contains(&b)) {
            return fault(format!("row `{id}` has an id that is not made of lower-case letters, digits, `.` and `-`"));
        }
    }
    scenarios(file, &edition)?;
    for row in &edition.row {
        check_row(&edition, row).map_err(|what| LawError::file(file, format!("row `{}` {what}", row.id)))?;
    }
    for row in &edition.residual {
        let bands = [row.ordinary, row.sensitive].into_iter().try_for_each(check_band);
        let known = edition.sector(&row.sector).is_some();
        let known = if known { Ok(()) } else { Err(format!("has the sector `{}`, which is none", row.sector)) };
        bands.and(known).map_err(|what| LawError::file(file, format!("row `{}` {what}", row.id)))?;
    }
    for row in &edition.scale {
        check_band(row.persons_held).map_err(|what| LawError::file(file, format!("row `{}` {what}", row.id)))?;
    }
    steps(&edition).map_err(|what| LawError::file(file, what))?;
    Ok(edition)
}

/// Names that are unique, and fields that exist.
fn scenarios(file: &str, edition: &ListEdition) -> Result<(), LawError> {
    let fault = |what: String| Err(LawError::file(file, what));
    let mut seen = BTreeSet::new();
    for slug in edition.scenario_slugs() {
        if !seen.insert(slug.clone()) {
            return fault(format!("the scenario `{slug}` is there twice; keep one"));
        }
    }
    let scenarios = edition.sector.iter().flat_map(|sector| &sector.scenario);
    for id in scenarios.flat_map(|scenario| &scenario.fields) {
        if !edition.field_set.iter().any(|set| &set.id == id) {
            return fault(format!("the field set `{id}` is named and not there; add it or mend the name"));
        }
    }
    Ok(())
}

fn check_row(edition: &ListEdition, row: &ListRow) -> Result<(), String> {
    if row.scenarios.is_empty() {
        return Err("names no scenario".into());
    }
    for scenario in &row.scenarios {
        if edition.scenario(&row.sector, scenario).is_none() {
            return Err(format!("names the scenario `{scenario}`, which the sector `{}` does not have", row.sector));
        }
    }
    row.bands().each().try_for_each(|(_, band)| check_band(band))?;
    row.provided.unwrap_or_default().each().try_for_each(|(_, band)| check_band(band))?;
    let numbers = row.bands().each().count();
    match (&row.important, numbers) {
        (Some(_), 0) if row.path == ListPath::SecurityAssessment => Ok(()),
        (Some(_), 0) => Err("is important data with a path other than `security-assessment`".into()),
        (Some(_), _) => Err("has both `important` and numbers; make it two rows".into()),
        (None, 0) => Err("has neither numbers nor `important`".into()),
        (None, _) if row.path.frees() && edition.known == Extent::Partial => {
            Err("frees under a list known in part; what was not seen may say otherwise".into())
        }
        (None, _) if row.path.frees() && row.bands().each().filter(|(_, band)| band.max.is_some()).count() < 2 => {
            Err("frees without a `max` for both ordinary and sensitive persons".into())
        }
        (None, _) => Ok(()),
    }
}

fn check_band(band: Band) -> Result<(), String> {
    match (band.min, band.max) {
        (Some(min), Some(max)) if min >= max => Err(format!("has a band from {min} to {max}, which holds nobody")),
        (None, None) => Err("has a band without `min` and `max`".into()),
        _ => Ok(()),
    }
}

/// The bands of a scenario follow each other without overlap and without a gap, up to the top.
///
/// Where a scenario has no row for one kind of person, a free row's figure is the last it says of them: rows of the other
/// kind hold only below it, and above the national numbers do.
fn steps(edition: &ListEdition) -> Result<(), String> {
    for sector in &edition.sector {
        let name = sector.slug();
        for scenario in sector.scenario.iter().map(super::edition::ListScenario::slug) {
            let rows: Vec<&ListRow> = rows_of(edition, &name, &scenario).collect();
            for kind in PersonKind::BOTH {
                let mut bands: Vec<(u64, u64, &str)> = Vec::new();
                for row in &rows {
                    if let Some(band) = row.bands().of(kind) {
                        bands.push((band.min.unwrap_or(0), band.max.unwrap_or(u64::MAX), &row.id));
                    }
                }
                bands.sort_unstable();
                for pair in bands.windows(2) {
                    let [(_, end, one), (start, _, other)] = pair else { continue };
                    if end != start {
                        let what = if end > start { "overlap" } else { "leave a gap" };
                        return Err(format!("rows `{one}` and `{other}` {what} for {} in `{scenario}`", kind.fact()));
                    }
                }
                let silent = |row: &&&ListRow| {
                    row.path == ListPath::StandardContractOrCertification
                        && row.bands().of(kind).is_none()
                        && row.provided.and_then(|beside| beside.of(kind)).is_none()
                };
                if let (true, Some(row)) = (bands.is_empty(), rows.iter().find(silent)) {
                    return Err(format!(
                        "row `{}` says nothing of {} in `{scenario}`, nor does another; add `provided`",
                        row.id,
                        kind.fact()
                    ));
                }
            }
        }
    }
    Ok(())
}

/// The rows with numbers that name a scenario.
pub(crate) fn rows_of<'a>(
    edition: &'a ListEdition,
    sector: &'a str,
    scenario: &'a str,
) -> impl Iterator<Item = &'a ListRow> {
    let names = move |row: &&ListRow| row.sector == sector && row.scenarios.iter().any(|slug| slug == scenario);
    edition.row.iter().filter(|row| row.important.is_none()).filter(names)
}

/// Every text, with where it stands.
fn texts(edition: &ListEdition) -> Vec<(String, &Text)> {
    let mut texts = vec![
        ("`title`".to_owned(), &edition.title),
        ("`users`".to_owned(), &edition.users),
        ("`ciio`".to_owned(), &edition.ciio),
    ];
    texts.extend(edition.missing.iter().map(|text| ("`missing`".to_owned(), text)));
    texts.extend(edition.adopts.iter().map(|adopts| ("`adopts`".to_owned(), &adopts.text)));
    for sector in &edition.sector {
        texts.push((format!("the sector `{}`", sector.slug()), &sector.name));
        for scenario in &sector.scenario {
            texts.push((format!("the scenario `{}`", scenario.slug()), &scenario.name));
            texts.extend(scenario.definition.iter().map(|text| (format!("the scenario `{}`", scenario.slug()), text)));
        }
    }
    for set in &edition.field_set {
        let place = format!("the field set `{}`", set.id);
        texts.extend(set.fields.iter().chain(&set.limits).map(|text| (place.clone(), text)));
    }
    for row in &edition.row {
        let place = format!("row `{}`", row.id);
        texts.extend(row.important.iter().chain(&row.note).map(|text| (place.clone(), text)));
        texts.extend(row.reading.iter().map(|reading| (place.clone(), &reading.text)));
    }
    for row in &edition.scale {
        let place = format!("row `{}`", row.id);
        texts.push((place.clone(), &row.what));
        texts.extend(row.reading.iter().map(|reading| (place.clone(), &reading.text)));
    }
    texts.extend(edition.duty.iter().map(|duty| (format!("the duty `{}`", duty.id), &duty.text)));
    texts.extend(edition.also_check.iter().map(|regime| (format!("`{}`", regime.regime), &regime.why)));
    texts.extend(edition.note.iter().map(|note| ("a note".to_owned(), &note.text)));
    texts
}

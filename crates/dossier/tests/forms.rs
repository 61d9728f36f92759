//! The forms as they are compiled in, held against what is known of the official ones.

use std::collections::{BTreeMap, BTreeSet};

use dossier::{Forms, Kind, Need, Procedure, Source, contents, forms};
use law::Status;

fn set(words: &str) -> BTreeSet<&str> {
    words.split_whitespace().collect()
}

/// Fields at a place of a form, certain at least so far.
fn at(form: &str, section: &str, certainty: Status) -> BTreeSet<&'static str> {
    let stands = |field: &&dossier::Field| {
        let mut places = field.places_in(form);
        places.any(|place| place.section == section && place.certainty <= certainty)
    };
    forms().fields().iter().filter(stands).map(|field| field.id.as_str()).collect()
}

/// The declaration form block by block, as the guide's third edition has it (annex 3): no line more, none less.
#[test]
fn the_declaration_form_has_the_lines_of_the_third_edition() {
    let person = |role: &str| {
        ["name", "post", "nationality", "phone", "email", "id_type", "id_number"].map(|line| format!("{role}.{line}"))
    };
    let people = |role: &str, more: &str| {
        let mut lines: BTreeSet<String> = person(role).into_iter().collect();
        lines.extend(more.split_whitespace().map(ToOwned::to_owned));
        lines
    };
    let owned = |fields: BTreeSet<&str>| fields.into_iter().map(ToOwned::to_owned).collect::<BTreeSet<String>>();
    let block = |section: &str| owned(at("sa-declaration", section, Status::Confirmed));
    assert_eq!(
        block("1"),
        owned(set("handler.name handler.nature handler.type handler.registered_place handler.office handler.staff
                   handler.uscc handler.ciio handler.persons_held"))
    );
    assert_eq!(block("2"), people("legal_representative", ""));
    assert_eq!(block("3"), people("security_officer", "security_body.name security_body.staff"));
    assert_eq!(block("4"), people("agent", ""));
    assert_eq!(block("5"), owned(set("compliance.record")));
    assert_eq!(
        block("6"),
        owned(set("scenario.name scenario.brief scenario.transfer_mode scenario.data scenario.important.authority
                   scenario.important.size scenario.personal.sensitive scenario.sector scenario.persons.this_year
                   scenario.persons.next_three_years scenario.persons.relation scenario.recipients_note
                   scenario.recipient.name scenario.recipient.country scenario.recipient.address
                   scenario.recipient.business scenario.recipient.head scenario.recipient.head_post
                   scenario.recipient.phone scenario.recipient.email"))
    );
    assert_eq!(block("undertaking"), owned(set("undertaking.given")));
    // What older forms asked and this one does not (addendum no. 6, 7).
    for gone in ["licence", "postcode", "capital", "bandwidth", "carrier", "landing"] {
        assert!(forms().fields().iter().all(|field| !field.id.contains(gone)), "{gone}");
    }
}

#[test]
fn options_are_those_of_the_form() {
    let options = |id: &str| forms().field(id).expect("a field").kind.options().len();
    for (id, count) in [
        ("handler.nature", 5),
        ("handler.type", 5),
        ("agent.id_type", 5),
        ("scenario.sector", 15),
        ("scenario.data", 2),
        ("scenario.transfer_mode", 3),
        ("contract.arbitration_body", 5),
        ("contract.dispute", 2),
        ("gba.city", 9),
    ] {
        assert_eq!(options(id), count, "{id}");
    }
    assert_eq!(forms().field("scenario.brief").map(|field| field.kind.clone()), Some(Kind::Text { max: Some(100) }));
}

/// The necessity table in the report and in the impact assessment (template: no., item, description, necessity, example,
/// remark), appendix 1 of the contract, and the extension's annex 5.
#[test]
fn tables_and_appendices_have_the_lines_of_their_templates() {
    let items = |form, section, certainty| {
        let here = at(form, section, certainty);
        here.into_iter().filter_map(|id| id.strip_prefix("scenario.item.")).collect::<BTreeSet<_>>()
    };
    let table = set("no name description necessity example remark");
    assert_eq!(items("sa-report", "2.2.3", Status::Confirmed), table);
    assert!(items("pipia-report", "1.1.3", Status::Secondary).is_superset(&table));
    let appendix = at("standard-contract", "appendix-1", Status::Confirmed);
    let rows = set("scenario.purpose scenario.manner scenario.persons.total scenario.kinds scenario.sensitive_kinds
                    scenario.onward scenario.transfer_mode scenario.retention_from scenario.retention_until
                    scenario.overseas_storage scenario.contract_other scenario.item.name scenario.item.sensitive");
    assert_eq!(appendix, rows);
    let numbers = forms().fields().iter().flat_map(|field| field.places_in("standard-contract"));
    let numbers = numbers.filter(|place| place.section == "appendix-1");
    let heads = numbers.filter_map(|place| place.title.as_ref()?.zh.chars().nth(1)).collect::<BTreeSet<_>>();
    assert_eq!(heads, "一二三四五六七八九十".chars().collect());
    assert_eq!(
        at("extension-application", "2", Status::Confirmed),
        set("scenario.unchanged.purpose scenario.unchanged.parties scenario.unchanged.link scenario.unchanged.use
             scenario.growth.persons scenario.growth.size")
    );
    let basics = set("handler.name extension.acceptance_no extension.document_meets");
    assert_eq!(at("extension-application", "1", Status::Confirmed), basics);
    assert_eq!(at("sa-report", "2.5", Status::Confirmed).len(), 6, "the six heads of Order 11 art 9");
    assert_eq!(at("sa-report", "3", Status::Confirmed).len(), 6, "the six factors of Order 11 art 5");
    assert_eq!(at("pipia-report", "2", Status::Confirmed).len(), 6, "the six factors of Order 13 art 5");
}

/// What the lists' measures ask for: Zhejiang (application and filing), Shanghai (report).
#[test]
fn zones_ask_what_their_measures_say() {
    let application = at("zone-application", "1", Status::Confirmed);
    let application =
        application.union(&at("zone-application", "2", Status::Confirmed)).copied().collect::<BTreeSet<_>>();
    assert_eq!(
        application,
        set("handler.name handler.registered_place handler.sector handler.business compliance.record")
            .into_iter()
            .filter(|id| *id != "handler.name")
            .collect()
    );
    assert_eq!(
        at("zone-filing", "1", Status::Confirmed),
        set("scenario.name scenario.business scenario.item.name scenario.volume
             scenario.recipient.name zone.reason zone.row")
    );
    assert_eq!(
        at("zone-report", "2", Status::Confirmed),
        set("scenario.name scenario.item.name scenario.volume scenario.recipient.name")
    );
    // Of certification, the Greater Bay Area contract and consultations no form was seen: no line of them is certain.
    for procedure in [Procedure::Certification, Procedure::GbaStandardContract, Procedure::Consultation] {
        for field in forms().fields_of(procedure) {
            let certainty = field.certainty_for(forms().procedure(procedure));
            assert_eq!(certainty, Status::Unconfirmed, "{procedure} {}", field.id);
        }
    }
}

#[test]
fn each_procedure_asks_for_its_materials() {
    let materials = |procedure| {
        let all = forms().materials_of(procedure);
        all.filter(|material| material.needs.of(procedure) != Some(&Need::Optional)).map(|m| m.id.as_str()).collect()
    };
    let expected: BTreeMap<Procedure, BTreeSet<&str>> = [
        (
            Procedure::SecurityAssessment,
            "uscc-certificate legal-representative-id agent-id power-of-attorney
            declaration-form legal-document self-assessment-report",
        ),
        (
            Procedure::AssessmentExtension,
            "uscc-certificate legal-representative-id agent-id power-of-attorney
            extension-application",
        ),
        (
            Procedure::StandardContract,
            "uscc-certificate legal-representative-id agent-id power-of-attorney
            undertaking-letter standard-contract pipia-report",
        ),
        (Procedure::GbaStandardContract, "legal-representative-id undertaking-letter gba-contract"),
        (Procedure::Certification, ""),
        (Procedure::ZoneListFiling, ""),
        (Procedure::ZoneListReport, "uscc-certificate legal-representative-id agent-id power-of-attorney explanation"),
        (Procedure::Consultation, ""),
    ]
    .into_iter()
    .map(|(procedure, words)| (procedure, set(words)))
    .collect();
    for (procedure, expected) in expected {
        let found: BTreeSet<&str> = materials(procedure);
        assert_eq!(found, expected, "{procedure}");
    }
    // Annex 1: the first three and the contract under seal, for an assessment.
    let sealed = forms().materials().iter().filter(|material| !material.sealed.is_empty()).map(|m| m.id.as_str());
    assert_eq!(
        sealed.collect::<BTreeSet<_>>(),
        set("uscc-certificate legal-representative-id agent-id legal-document")
    );
    let report = forms().material("explanation").expect("a material");
    assert_eq!(report.certainty_for(Procedure::ZoneListReport), Status::Secondary);
    let code = forms().material("uscc-certificate").expect("a material");
    assert_eq!(code.certainty_for(Procedure::ZoneListReport), Status::Secondary);
    assert_eq!(code.certainty_for(Procedure::SecurityAssessment), Status::Confirmed);
}

#[test]
fn every_field_is_told_in_full_and_asked_in_one_step() {
    for field in forms().fields() {
        for text in [&field.title, &field.guidance] {
            assert!(!text.zh.trim().is_empty() && !text.en.trim().is_empty(), "{}", field.id);
            assert!(!text.en.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{}: {}", field.id, text.en);
        }
        assert!(!field.cite.trim().is_empty() && !field.places.is_empty(), "{}", field.id);
        assert!(field.needs.iter().next().is_some(), "{}", field.id);
        // From memory is never more than unconfirmed.
        let remembered = field.cite.contains("from memory") || field.cite.starts_with("our own");
        assert!(!remembered || field.certainty == Status::Unconfirmed, "{}", field.id);
        assert!(field.places.iter().all(|place| place.certainty >= field.certainty), "{}", field.id);
    }
    for procedure in Procedure::ALL {
        let steps = contents(forms(), procedure);
        let asked = steps.iter().flat_map(|step| step.fields.iter().map(|field| field.id.as_str())).collect::<Vec<_>>();
        let all = forms().fields_of(procedure).filter(|field| field.kind.is_asked()).map(|field| field.id.as_str());
        assert_eq!(asked.iter().copied().collect::<BTreeSet<_>>(), all.collect(), "{procedure}");
        assert_eq!(asked.iter().collect::<BTreeSet<_>>().len(), asked.len(), "{procedure}: twice");
        let materials = steps.iter().map(|step| step.materials.len()).sum::<usize>();
        assert_eq!(materials, forms().materials_of(procedure).count(), "{procedure}");
    }
}

#[test]
fn forms_say_their_edition_their_sources_and_that_nobody_signed_them() {
    let edition = forms().edition();
    assert_eq!((edition.version.as_str(), edition.sha256.len()), ("2026.11.0", 64));
    assert_eq!((edition.last_checked.on, edition.reviewed_by.as_str()), (jiff::civil::date(2026, 11, 22), ""));
    for form in forms().forms() {
        // Only our own form comes from nowhere.
        assert_eq!(form.source.is_empty(), form.id == "consultation", "{}", form.id);
        let lines = forms().fields().iter().flat_map(|field| field.places_in(&form.id));
        let doubtful = lines.filter(|place| place.certainty == Status::Unconfirmed).count();
        // A form whose lines are in doubt says what of it was not seen.
        assert!(doubtful < 5 || form.unknown.is_some(), "{}: {doubtful}", form.id);
    }
}

#[test]
fn what_tells_of_people_is_marked_personal() {
    for field in forms().fields() {
        let tells = matches!(field.kind, Kind::PersonName | Kind::Phone | Kind::Email | Kind::IdNumber { .. });
        assert!(!tells || field.personal, "{}", field.id);
        assert!(!field.personal || !field.id.starts_with("scenario.item"), "{}", field.id);
    }
    for id in
        ["agent.id_number", "legal_representative.nationality", "security_officer.post", "scenario.recipient.head"]
    {
        assert!(forms().field(id).is_some_and(|field| field.personal), "{id}");
    }
}

#[test]
fn every_source_gives_some_field_and_is_named_as_written() {
    let written = forms().fields().iter().filter_map(|field| field.derived).collect::<BTreeSet<Source>>();
    assert_eq!(written.len(), 34);
    for source in written {
        assert_eq!(serde_json::to_value(source).expect("text"), source.name());
    }
}

#[test]
fn forms_that_do_not_fit_together_are_refused_by_file_and_id() {
    let read = |name: &str| {
        std::fs::read_to_string(format!("{}/../../forms/{name}", env!("CARGO_MANIFEST_DIR"))).expect("reads")
    };
    let names = [
        "fields/10-handler.toml",
        "fields/20-people.toml",
        "fields/30-group.toml",
        "fields/40-scenario.toml",
        "fields/41-recipient.toml",
        "fields/42-items.toml",
        "fields/50-self-assessment.toml",
        "fields/60-pipia.toml",
        "fields/70-contract.toml",
        "fields/80-extension.toml",
        "fields/90-other.toml",
        "forms.toml",
        "materials.toml",
        "procedures.toml",
        "tables.toml",
    ];
    let parse = |file: &str, from: &str, to: &str| {
        let texts = names.map(|name| (name, read(name)));
        let changed = texts.iter().map(|(name, text)| {
            let text = if *name == file { text.replacen(from, to, 1) } else { text.clone() };
            assert!(*name != file || from.is_empty() || text != read(name), "{file}: `{from}` is not there");
            (*name, text)
        });
        let changed = changed.collect::<Vec<_>>();
        Forms::parse(changed.iter().map(|(name, text)| (*name, text.as_str()))).map_err(|error| error.to_string())
    };
    assert!(parse("tables.toml", "", "").as_ref() == Ok(forms()), "the files are what is compiled in");
    for (file, from, to, expected) in [
        (
            "fields/10-handler.toml",
            "type = \"uscc\"",
            "type = \"barcode\"",
            "`handler.uscc` has the unknown type `barcode`",
        ),
        ("fields/10-handler.toml", "type = \"uscc\"", "type = \"uscc\"\nmax = 3", "takes no `max`"),
        ("fields/10-handler.toml", "type = \"uscc\"", "type = \"uscc\"\ncolour = 3", "line"),
        (
            "fields/10-handler.toml",
            "id = \"handler.uscc\"",
            "id = \"handler.name\"",
            "`handler.name` stands there twice",
        ),
        ("fields/10-handler.toml", "id = \"handler.uscc\"", "id = \"Handler\"", "`Handler` is no id"),
        ("fields/10-handler.toml", "\"sa-declaration/1\"", "\"sa-declaration/9\"", "stands at `sa-declaration/9`"),
        ("fields/10-handler.toml", "en = \"Name of the unit\"", "en = \"\"", "`handler.name` lacks a word"),
        ("fields/10-handler.toml", "derived = \"transfer.handler.name\"", "derived = \"transfer.colour\"", "line"),
        ("fields/40-scenario.toml", "field = \"scenario.data\"", "field = \"scenario.dat\"", "which is no field"),
        ("fields/40-scenario.toml", "is = \"important\"", "is = \"secret\"", "which it can never be"),
        ("fields/40-scenario.toml", "required = [\"security-assessment\"]", "required = [\"security-check\"]", "line"),
        (
            "fields/40-scenario.toml",
            "required = [\"security-assessment\"]",
            "required = [\"consultation\"]",
            "in none of whose forms",
        ),
        ("fields/80-extension.toml", "is = false", "is_not = false, is = false", "needs exactly one of"),
        ("materials.toml", "form = \"sa-report\"", "form = \"sa-repor\"", "`self-assessment-report` names a form"),
        ("tables.toml", "[[table]]", "version = \"2\"\n[[table]]", "stand together"),
        ("procedures.toml", "version = \"2026.11.0\"\n", "", "stand together"),
        ("procedures.toml", "id = \"consultation\"", "id = \"certification\"", "every procedure stands there once"),
        ("procedures.toml", "sa-declaration/5", "sa-declaration/7", "no section of its forms"),
        ("procedures.toml", "\"consultation/2\"", "\"consultation/1\"", "asks for `consultation.question` in no step"),
    ] {
        let error = parse(file, from, to).expect_err(expected);
        assert!(error.contains(expected) && error.contains(file), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

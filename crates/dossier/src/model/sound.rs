//! Whether the files of `forms/` fit together; every fault names file, id and what to mend.

use std::collections::BTreeSet;

use law::Text;

use super::kind::Kind;
use super::need::{Need, Needs, Test};
use super::{Forms, FormsError};
use crate::procedure::Procedure;

pub(super) fn check(forms: &Forms) -> Result<(), FormsError> {
    let procedures = forms.procedures.iter().map(|procedure| procedure.id).collect::<Vec<_>>();
    if procedures != Procedure::ALL {
        let all = Procedure::ALL.map(Procedure::id).join(", ");
        return Err(FormsError::new("procedures.toml", format!("every procedure stands there once: {all}")));
    }
    unique(forms)?;
    for form in &forms.forms {
        let mut ids = BTreeSet::new();
        if let Some(twice) = form.sections.iter().find(|section| !ids.insert(&section.id)) {
            return fault(&form.file, &form.id, format!("has the section `{}` twice; rename one", twice.id));
        }
        words(&form.file, &form.id, &[&form.title])?;
        cited(&form.file, &form.id, &form.cite)?;
    }
    for table in &forms.tables {
        words(&table.file, &table.id, &[&table.title, &table.guidance])?;
        cited(&table.file, &table.id, &table.cite)?;
        needs(forms, &table.file, &table.id, &table.needs)?;
    }
    for material in &forms.materials {
        words(&material.file, &material.id, &[&material.title, &material.guidance])?;
        cited(&material.file, &material.id, &material.cite)?;
        needs(forms, &material.file, &material.id, &material.needs)?;
        if material.form.as_ref().is_some_and(|form| forms.form(form).is_none()) {
            return fault(&material.file, &material.id, "names a form that is not there; mend `form`");
        }
        if material.media_types.is_empty() {
            return fault(&material.file, &material.id, "takes no media type; add `media_types`");
        }
    }
    fields(forms)?;
    steps(forms)
}

fn fault<T>(file: &str, id: &str, what: impl std::fmt::Display) -> Result<T, FormsError> {
    Err(FormsError::new(file, format!("`{id}` {what}")))
}

fn unique(forms: &Forms) -> Result<(), FormsError> {
    let fields = forms.fields.iter().map(|field| (&field.id, &field.file));
    let tables = forms.tables.iter().map(|table| (&table.id, &table.file));
    let mut ids = BTreeSet::new();
    for (id, file) in fields.chain(tables) {
        if id.parse::<crate::AnswerPath>().is_err() {
            return fault(file, id, "is no id; use lower-case letters, digits, `_` and dots");
        }
        if !ids.insert(id) {
            return fault(file, id, "stands there twice; rename one");
        }
    }
    let under = |id: &str| forms.fields.iter().find(|field| id.starts_with(&format!("{}.", field.id)));
    for field in &forms.fields {
        if let Some(above) = under(&field.id) {
            return fault(&field.file, &field.id, format!("stands below the field `{}`; rename one", above.id));
        }
    }
    for (kind, ids) in [
        ("form", forms.forms.iter().map(|form| (&form.id, &form.file)).collect::<Vec<_>>()),
        ("material", forms.materials.iter().map(|material| (&material.id, &material.file)).collect()),
    ] {
        let mut seen = BTreeSet::new();
        if let Some((id, file)) = ids.into_iter().find(|(id, _)| !seen.insert(*id)) {
            return fault(file, id, format!("is the id of two {kind}s; rename one"));
        }
    }
    Ok(())
}

fn words(file: &str, id: &str, texts: &[&Text]) -> Result<(), FormsError> {
    for text in texts {
        if text.zh.trim().is_empty() || text.en.trim().is_empty() {
            return fault(file, id, "lacks a word in `zh` or `en`; write both");
        }
    }
    Ok(())
}

fn cited(file: &str, id: &str, cite: &str) -> Result<(), FormsError> {
    if cite.trim().is_empty() { fault(file, id, "cites nothing; write `cite`") } else { Ok(()) }
}

fn fields(forms: &Forms) -> Result<(), FormsError> {
    for field in &forms.fields {
        let (file, id) = (&field.file, &field.id);
        words(file, id, &[&field.title, &field.guidance])?;
        cited(file, id, &field.cite)?;
        needs(forms, file, id, &field.needs)?;
        if field.places.is_empty() {
            return fault(file, id, "stands nowhere; add `places`");
        }
        for place in &field.places {
            let section = forms.form(&place.form).and_then(|form| form.section(&place.section));
            if section.is_none() {
                return fault(file, id, format!("stands at `{}/{}`, which is not there", place.form, place.section));
            }
        }
        let mut options = BTreeSet::new();
        if let Some(twice) = field.kind.options().iter().find(|option| !options.insert(&option.id)) {
            return fault(file, id, format!("offers `{}` twice; rename one", twice.id));
        }
        for option in field.kind.options() {
            words(file, id, &[&option.title])?;
        }
        match &field.kind {
            Kind::Choice { options } | Kind::Choices { options } if options.len() < 2 => {
                return fault(file, id, "offers less than two options");
            }
            Kind::IdNumber { by } if forms.field(by).is_none_or(|by| by.kind.options().is_empty()) => {
                return fault(file, id, format!("takes its kind from `{by}`, which is no choice"));
            }
            _ => {}
        }
        // A procedure that asks for a field has to show it somewhere.
        for (procedure, _) in field.needs.iter() {
            let shown = &forms.procedure(procedure).forms;
            if !field.places.iter().any(|place| shown.contains(&place.form)) {
                return fault(file, id, format!("is asked for by `{procedure}`, in none of whose forms it stands"));
            }
        }
    }
    Ok(())
}

fn needs(forms: &Forms, file: &str, id: &str, needs: &Needs) -> Result<(), FormsError> {
    for (procedure, need) in needs.iter() {
        let Need::When(conditions) = need else { continue };
        for condition in conditions {
            let Some(other) = forms.field(&condition.field) else {
                return fault(file, id, format!("is required when `{}` …, which is no field", condition.field));
            };
            if other.needs.of(procedure).is_none() {
                let what = format!("is required in `{procedure}` when `{}` …, which is not asked there", other.id);
                return fault(file, id, what);
            }
            let value = match &condition.test {
                Test::Is(value) | Test::IsNot(value) => value,
                Test::Answered(_) => continue,
            };
            let fits = match &other.kind {
                Kind::YesNo | Kind::Tick => value.is_boolean(),
                Kind::Choice { options } | Kind::Choices { options } => {
                    value.as_str().is_some_and(|value| options.iter().any(|option| option.id == value))
                }
                _ => false,
            };
            if !fits {
                return fault(file, id, format!("is required when `{}` is {value}, which it can never be", other.id));
            }
        }
    }
    Ok(())
}

fn steps(forms: &Forms) -> Result<(), FormsError> {
    for procedure in &forms.procedures {
        let (file, id) = ("procedures.toml", procedure.id.id());
        words(file, id, &[&procedure.title])?;
        cited(file, id, &procedure.cite)?;
        if let Some(form) = procedure.forms.iter().find(|form| forms.form(form).is_none()) {
            return fault(file, id, format!("names the form `{form}`, which is not there"));
        }
        for step in &procedure.steps {
            words(file, id, &[&step.title])?;
            for at in &step.sections {
                let (form, section) = at.split_once('/').unwrap_or((at, ""));
                let there = forms.form(form).is_some_and(|form| form.section(section).is_some());
                if !there || !procedure.forms.iter().any(|of| of == form) {
                    return fault(file, id, format!("has a step at `{at}`, which is no section of its forms"));
                }
            }
        }
        let at = |field: &super::Field| {
            let places = field.places.iter().map(|place| format!("{}/{}", place.form, place.section));
            places.collect::<Vec<_>>()
        };
        let covered = |field: &&super::Field| {
            at(field).iter().any(|at| procedure.steps.iter().any(|step| step.sections.contains(at)))
        };
        if let Some(field) = forms.fields_of(procedure.id).find(|field| !covered(field)) {
            return fault(file, id, format!("asks for `{}` in no step; add its section to one", field.id));
        }
        let materials = procedure.steps.iter().filter(|step| step.materials).count();
        if materials > 1 || (materials == 0 && forms.materials_of(procedure.id).next().is_some()) {
            return fault(file, id, "needs one step with `materials = true`");
        }
    }
    Ok(())
}

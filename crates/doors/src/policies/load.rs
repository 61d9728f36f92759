//! Policies from files: parsed, validated, named.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use cedar_policy::{
    ActionConstraint, Authorizer, EntityTypeName, EntityUid, Policy, PolicyId, PolicySet, Schema, ValidationMode,
    Validator,
};
use database::one_line;

use super::ask::ACTIONS;
use super::{Policies, PolicyError, Types};

const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/policies.rs"));
const SCHEMA: &str = include_str!("../../../../policies/schema.cedarschema");

fn bad(file: &str, what: &impl ToString) -> PolicyError {
    PolicyError::File { file: file.to_owned(), what: one_line(&what.to_string()) }
}

impl Policies {
    /// Those that are compiled in.
    pub fn embedded() -> Result<Self, PolicyError> {
        Self::parse(FILES.iter().copied())
    }

    /// The policies of a folder in the place of those compiled in: all its files that end in `.cedar`.
    ///
    /// Errors, in one line with the file: it cannot be parsed, it does not fit the schema, a policy has no `@id` or one that is there
    /// already.
    pub fn from_folder(folder: &Path) -> Result<Self, PolicyError> {
        let io = |path: &Path| {
            let path = path.to_owned();
            move |error| PolicyError::Io { path, error }
        };
        let mut files = BTreeMap::new();
        for entry in std::fs::read_dir(folder).map_err(io(folder))? {
            let path = entry.map_err(io(folder))?.path();
            if path.extension().is_some_and(|extension| extension == "cedar") {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                files.insert(name, std::fs::read_to_string(&path).map_err(io(&path))?);
            }
        }
        if files.is_empty() {
            return Err(PolicyError::None { folder: folder.to_owned() });
        }
        Self::parse(files.iter().map(|(name, text)| (name.as_str(), text.as_str())))
    }

    /// Policies from files by name and text.
    pub fn parse<'t>(files: impl IntoIterator<Item = (&'t str, &'t str)>) -> Result<Self, PolicyError> {
        let of_schema = |error: &dyn std::fmt::Display| bad("schema.cedarschema", &error.to_string());
        let (schema, _) = Schema::from_cedarschema_str(SCHEMA).map_err(|error| of_schema(&error))?;
        let validator = Validator::new(schema);
        let (mut named, mut ids) = (Vec::<Policy>::new(), Vec::<(String, String)>::new());
        for (file, text) in files {
            let set: PolicySet = text.parse().map_err(|error| bad(file, &parse_error(&error, text)))?;
            if set.templates().next().is_some() {
                return Err(bad(file, &"templates are not used here: write the policy out"));
            }
            let mut policies: Vec<&Policy> = set.policies().collect();
            // In the order they stand there, which their first ids count.
            policies.sort_by_key(|policy| {
                policy.id().to_string().trim_start_matches("policy").parse::<usize>().unwrap_or(0)
            });
            for policy in policies {
                let id = policy.annotation("id").filter(|id| !id.is_empty());
                let id = id
                    .ok_or_else(|| bad(file, &"a policy has no `@id(\"…\")`: answers are explained by it"))?
                    .to_owned();
                if let Some((_, other)) = ids.iter().find(|(known, _)| *known == id) {
                    return Err(bad(file, &format!("the id `{id}` stands in `{other}` already")));
                }
                let policy = policy.new_id(PolicyId::new(&id));
                let alone = PolicySet::from_policies([policy.clone()]).map_err(|error| bad(file, &error))?;
                let result = validator.validate(&alone, ValidationMode::Strict);
                if let Some(error) = result.validation_errors().next() {
                    return Err(bad(file, error));
                }
                ids.push((id, file.to_owned()));
                named.push(policy);
            }
        }
        Self::of(&named, ids)
    }

    fn of(named: &[Policy], ids: Vec<(String, String)>) -> Result<Self, PolicyError> {
        let uid = |text: &str| text.parse::<EntityUid>().map_err(|error| bad("schema.cedarschema", &error));
        let kind = |text: &str| text.parse::<EntityTypeName>().map_err(|error| bad("schema.cedarschema", &error));
        let mut by_action = HashMap::new();
        for action in ACTIONS {
            let action_uid = uid(&format!("Action::\"{action}\""))?;
            let matters = |policy: &&Policy| match policy.action_constraint() {
                ActionConstraint::Any => true,
                ActionConstraint::Eq(one) => one == action_uid,
                ActionConstraint::In(some) => some.contains(&action_uid),
            };
            let set = PolicySet::from_policies(named.iter().filter(matters).cloned());
            by_action.insert(action, (action_uid, set.map_err(|error| bad("all files", &error))?));
        }
        let types = Types {
            account: kind("Account")?,
            organisation: kind("Organisation")?,
            installation: uid("Installation::\"this\"")?,
        };
        Ok(Self { authorizer: Authorizer::new(), by_action, types, ids })
    }
}

/// What a parser complained of first, with the line.
fn parse_error(error: &cedar_policy::ParseErrors, text: &str) -> String {
    use miette::Diagnostic as _;
    let at = error.labels().and_then(|mut labels| labels.next()).map(|label| label.offset().min(text.len()));
    match at.and_then(|at| text.get(..at)) {
        Some(before) => format!("line {}: {error}", before.matches('\n').count() + 1),
        None => error.to_string(),
    }
}

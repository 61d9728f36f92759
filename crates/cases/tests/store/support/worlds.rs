//! The procedures of the house, the law of the house, and a few forms: fields personal and not, materials personal and not.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use cases::{Procedures, World};
use dossier::{Forms, Procedure};
use law::RuleBase;

/// The world of every test.
pub(crate) fn world() -> Arc<World<'static>> {
    static WORLD: LazyLock<Arc<World<'static>>> = LazyLock::new(|| {
        let base: &RuleBase = Box::leak(Box::new(base()));
        let procedures: &Procedures = Box::leak(Box::new(Procedures::embedded().expect("the procedures load")));
        let forms: &Forms = Box::leak(Box::new(forms()));
        Arc::new(World::new(procedures, forms, base).expect("they fit"))
    });
    Arc::clone(&WORLD)
}

fn base() -> RuleBase {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lawbook");
    let mut files = Vec::new();
    walk(&root, &root, &mut files);
    RuleBase::parse(files.iter().map(|(path, text)| (path.as_str(), text.as_str()))).expect("the lawbook loads")
}

fn walk(root: &Path, folder: &Path, found: &mut Vec<(String, String)>) {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut entries: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            walk(root, &path, found);
        } else {
            let name = path.strip_prefix(root).expect("inside").to_string_lossy().replace('\\', "/");
            found.push((name, std::fs::read_to_string(&path).expect("text")));
        }
    }
}

/// Every answer here may be left out, so that cases can be taken through their procedures.
fn forms() -> Forms {
    let all = Procedure::ALL.map(|procedure| format!("\"{procedure}\"")).join(", ");
    let common = "guidance = { zh = \"填写\", en = \"fill in\" }\ncite = \"a test\"\ncertainty = \"unconfirmed\"";
    let mut text = String::from(
        "version = \"test\"\nlast_checked = { on = 2026-11-22, against = \"nothing\" }\nreviewed_by = \"\"\n",
    );
    for procedure in Procedure::ALL {
        let _ = write!(
            text,
            "[[procedure]]\nid = \"{procedure}\"\ntitle = {{ zh = \"程序\", en = \"procedure\" }}\nforms = [\"form\"]\n\
             cite = \"a test\"\ncertainty = \"unconfirmed\"\n\
             [[procedure.step]]\nid = \"all\"\ntitle = {{ zh = \"全部\", en = \"all\" }}\nsections = [\"form/all\"]\nmaterials = true\n"
        );
    }
    text += "[[form]]\nsource = [\"a test\"]\nid = \"form\"\ntitle = { zh = \"表\", en = \"form\" }\nedition = \"1\"\ncite = \"a test\"\n\
             certainty = \"unconfirmed\"\nsection = [{ id = \"all\", title = { zh = \"全部\", en = \"all\" } }]\n";
    for table in ["scenario", "scenario.item", "scenario.recipient"] {
        let _ = write!(
            text,
            "[[table]]\nid = \"{table}\"\ntitle = {{ zh = \"表\", en = \"table\" }}\noptional = [{all}]\n{common}\n"
        );
    }
    for (field, kind, personal) in [
        ("contact.name", "person-name", true),
        ("contact.phone", "phone", true),
        ("handler.brief", "text", false),
        ("scenario.brief", "text", false),
        ("scenario.item.name", "text", false),
        ("scenario.item.columns", "columns", false),
        ("scenario.recipient.name", "text", false),
        ("scenario.recipient.contact", "person-name", true),
        ("persons", "persons", false),
        ("scenario.unchanged.purpose", "yes-no", false),
        ("scenario.unchanged.parties", "yes-no", false),
        ("scenario.growth.persons", "growth", false),
        ("scenario.growth.size", "growth", false),
        ("extension.document_meets", "yes-no", false),
        ("extension.compliance", "text", false),
        ("extension.incidents", "text", false),
        ("consultation.question", "text", false),
        ("consultation.procedure", "text", false),
    ] {
        let _ = write!(
            text,
            "[[field]]\nid = \"{field}\"\ntitle = {{ zh = \"项\", en = \"field\" }}\ntype = \"{kind}\"\npersonal = {personal}\n\
             places = [\"form/all\"]\noptional = [{all}]\n{common}\n"
        );
    }
    for (material, personal) in [("id-copy", true), ("contract-text", false)] {
        let _ = write!(
            text,
            "[[material]]\nid = \"{material}\"\ntitle = {{ zh = \"材料\", en = \"material\" }}\noptional = [{all}]\n\
             media_types = [\"application/pdf\", \"text/plain\"]\nmedia_certainty = \"unconfirmed\"\npersonal = {personal}\n{common}\n"
        );
    }
    Forms::parse([("test.toml", text.as_str())]).unwrap_or_else(|error| panic!("{error}"))
}

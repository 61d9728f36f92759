//! The papers that go along.

use std::cell::LazyCell;
use std::ops::Deref;

use law::Text;

use super::{Gap, GapCode};
use crate::dossier::{Attached, Dossier};
use crate::model::{Material, Place};
use crate::walk::Walk;

pub(super) fn gaps(walk: &Walk<'_>, dossier: &Dossier, gaps: &mut Vec<Gap>) {
    // Made only where a paper says from which answers it was made.
    let digest = LazyCell::new(|| dossier.answers.digest());
    let needed = walk.materials().map(|material| &material.id).collect::<Vec<_>>();
    for material in walk.forms.materials_of(walk.procedure) {
        let mut there = dossier.materials.iter().filter(|attached| attached.material == material.id).peekable();
        if there.peek().is_none() && needed.contains(&&material.id) {
            let what = Text::new(
                format!("“{}”没有附上", material.title.zh),
                format!("“{}” is not attached", material.title.en),
            );
            let types = material.media_types.join(", ");
            let mend = Text::new(
                format!("附上（{types}）。{}", material.guidance.zh),
                format!("attach it ({types}). {}", material.guidance.en),
            );
            gaps.push(of(material, GapCode::MissingMaterial, what, mend));
        }
        gaps.extend(there.filter_map(|attached| wrong(material, attached, &digest)));
    }
    for attached in dossier.materials.iter().filter(|attached| walk.forms.material(&attached.material).is_none()) {
        gaps.push(Gap {
            code: GapCode::NoField,
            path: attached.material.clone(),
            field: attached.material.clone(),
            places: Vec::new(),
            what: Text::new(
                format!("`{}`不是任何一种材料", attached.material),
                format!("`{}` is none of the materials", attached.material),
            ),
            mend: Text::new("改为正确的材料名称，或者删去。", "name the right material, or take it away"),
        });
    }
}

fn wrong(material: &Material, attached: &Attached, digest: &impl Deref<Target = String>) -> Option<Gap> {
    let title = &material.title;
    let name = &attached.name;
    if !material.media_types.contains(&attached.media_type) {
        let types = material.media_types.join(", ");
        let what = Text::new(
            format!("“{}”的文件类型是 {}，不在接受之列", title.zh, attached.media_type),
            format!("“{}” is of the type {}, which is not taken", title.en, attached.media_type),
        );
        let mend = Text::new(format!("换成 {types}。"), format!("attach it as one of {types}"));
        return Some(of(material, GapCode::WrongMedia, what, mend));
    }
    let is_digest =
        attached.digest.len() == 64 && attached.digest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if attached.size == 0 || !is_digest {
        let what = Text::new(
            format!("“{}”的文件“{name}”是空的或者没有摘要", title.zh),
            format!("“{}”: the file “{name}” is empty or has no digest", title.en),
        );
        return Some(of(material, GapCode::Wrong, what, Text::new("重新附上。", "attach it again")));
    }
    if attached.answers.as_deref().is_some_and(|answers| answers != digest.as_str()) {
        let what = Text::new(
            format!("“{}”是由另外的答案生成的，与现在的答案不一致", title.zh),
            format!("“{}” was made from other answers than these", title.en),
        );
        let mend = Text::new("用现在的答案重新生成。", "make it again from the answers as they are");
        return Some(of(material, GapCode::Disagrees, what, mend));
    }
    None
}

fn of(material: &Material, code: GapCode, what: Text, mend: Text) -> Gap {
    let places = material.form.iter().map(|form| Place {
        form: form.clone(),
        section: String::new(),
        title: None,
        certainty: material.certainty,
    });
    Gap { code, path: material.id.clone(), field: material.id.clone(), places: places.collect(), what, mend }
}

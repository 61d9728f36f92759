//! Every walk once more, all of them at the same time in one database.

use cases::{CaseId, fold};

use super::{Through, Walked, on_both};
use crate::filled::paper;
use crate::support::{Run, world};
use crate::walk::walk;
use crate::walks::{Seen, pages, sections};

#[test]
fn every_walk_goes_as_its_page_says_through_the_store() {
    on_both(|place| async move {
        let world = world();
        let materials = world.forms.materials().iter().map(|material| paper(Some(&material.id)));
        let papers = materials.chain([paper(None)]).collect();
        let through = Through::open(&place, world, papers).await;
        let pages = pages();
        let mut walks = Vec::new();
        for (name, text) in pages {
            for (title, section) in sections(&text) {
                let (through, at) = (through.clone(), format!("{name}, {title}"));
                let (section, id) = (section.to_owned(), CaseId::new(format!("walk-{}", walks.len())));
                let handle = tokio::runtime::Handle::current();
                // A walk waits for each answer, as a person does.
                walks.push(tokio::task::spawn_blocking(move || {
                    let mut run = Run::new("");
                    run.id = id;
                    run.beside = Some(Box::new(Walked(through, handle)));
                    let (mut seen, mut differs) = (Seen::default(), Vec::new());
                    if let Err(what) = walk(&mut run, &section, &mut seen, &mut differs) {
                        differs.push(what);
                    }
                    let wrong: Vec<String> = differs.into_iter().map(|what| format!("{at}: {what}")).collect();
                    (wrong, seen, run.id, run.record)
                }));
            }
        }
        let (mut wrong, mut seen, mut cases) = (Vec::new(), Seen::default(), Vec::new());
        for walked in walks {
            let (of, by, id, record) = walked.await.unwrap();
            wrong.extend(of);
            seen.join(by);
            // Some walks are refused from their first step on.
            if !record.is_empty() {
                let case = fold(&id, &record).unwrap();
                cases.push((id, record, case));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        seen.holds_everything();
        through.holds(&cases).await;
    });
}

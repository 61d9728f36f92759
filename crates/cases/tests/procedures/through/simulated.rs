//! Hundreds of simulated lives, all at the same time in one database: every attempt, taken or refused.

use std::sync::Arc;

use cases::simulate::{Era, Life, Report, Settings, papers};
use cases::{Request, fold};
use jiff::civil::date;

use super::counted::{counted, stored};
use super::{Through, on_both};
use crate::support::world;

/// Twenty of each procedure.
const LIVES: u64 = 360;

#[test]
fn simulated_lives_through_the_store_are_the_pure_fold() {
    let eras = [Era { from: date(2022, 9, 1), world: world() }];
    let settings =
        Settings { seed: 20_261_124, first: 0, cases: LIVES, from: date(2022, 9, 1), until: date(2026, 11, 30) };
    let mut report = Report::default();
    let lives: Vec<_> = (0..LIVES).map(|number| Life::new(&eras, settings, number).told(&mut report)).collect();
    assert_eq!(report.broken, [], "the pure core holds");
    let lives: Vec<_> = lives.into_iter().filter(|(_, record, _)| !record.is_empty()).collect();
    let attempts: usize = lives.iter().map(|(_, _, tried)| tried.len()).sum();
    eprintln!("{} cases, {} actions, {attempts} attempts", lives.len(), report.actions);
    assert!(lives.len() > 300 && report.actions > 5_000 && attempts as u64 > report.actions * 2);
    let lives = Arc::new(lives);
    let signer = Arc::new(Life::office_key().unwrap());
    on_both(|place| {
        let (lives, signer) = (Arc::clone(&lives), Arc::clone(&signer));
        async move {
            let world = world();
            let papers = papers(world.forms);
            let through = Through::open(&place, world, papers).await;
            let mut tasks = Vec::new();
            for nth in 0..lives.len() {
                let (through, lives, signer) = (through.clone(), Arc::clone(&lives), Arc::clone(&signer));
                tasks.push(tokio::spawn(async move {
                    let (case, _, tried) = &lives[nth];
                    for one in tried {
                        let request = Request {
                            case: case.clone(),
                            action: one.action.clone(),
                            by: one.by.clone(),
                            at: one.at,
                            seen: one.seen,
                            request: None,
                            payload: one.payload.clone(),
                            signer: Some(Arc::clone(&signer) as _),
                        };
                        through.same(request, &one.came).await;
                    }
                }));
            }
            for task in tasks {
                task.await.unwrap();
            }
            let fold =
                |(id, record, _): &(_, Vec<_>, _)| fold(id, record).map(|case| (id.clone(), record.clone(), case));
            let cases: Vec<_> = lives.iter().map(fold).collect::<Result<_, _>>().unwrap();
            through.holds(&cases).await;
            let expected = counted(cases.iter().map(|(_, _, case)| case));
            assert!(expected.len() > 500, "there is something to count");
            assert_eq!(stored(&through.store).await, expected);
        }
    });
}

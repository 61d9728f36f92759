//! What is done every day while the counter is open: days that are due are worked out anew, and what has expired is thrown away.

use std::time::Duration;

use cases::Store;
use doors::Doors;
use jiff::civil::Date;
use jiff::tz::Offset;
use tokio::task::JoinHandle;

/// How often it is looked whether a new day has begun.
const LOOK: Duration = Duration::from_mins(5);

/// Begins; the task is ended from outside.
pub(super) fn begin(store: Store, doors: Doors) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut done: Option<Date> = None;
        loop {
            let now = super::now();
            let today = Offset::constant(8).to_datetime(now).date();
            if done != Some(today) {
                match store.refresh(today).await {
                    Ok(cases) => {
                        done = Some(today);
                        tracing::info!(cases, "the day's queues are worked out");
                    }
                    Err(error) => tracing::error!(fault = %error, "the day's queues could not be worked out"),
                }
            }
            if let Err(error) = doors.tidy(now).await {
                tracing::error!(fault = %error, "what has expired could not be thrown away");
            }
            tokio::time::sleep(LOOK).await;
        }
    })
}

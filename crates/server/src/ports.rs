//! What the binary brings along: the data plane stays out of the server.

use std::future::Future;
use std::path::Path;
use std::pin::Pin;

use law::Text;
use serde_json::Value;

/// What was found in an uploaded table.
#[derive(Debug, Clone)]
pub struct Scanned {
    /// The inventory: columns with class and confidence, persons; no values.
    pub inventory: Value,
    /// A plan in which every personal column leaves as it is: what the items of a necessity table are made of.
    pub plan: Value,
}

/// A scan under way.
pub type Scanning<'a> = Pin<Box<dyn Future<Output = Result<Scanned, Text>> + Send + 'a>>;

/// Looks into a table that was uploaded: what classes of data are in which column, about how many persons.
pub trait Scan: Send + Sync {
    /// Looks into the file, which has this name for people. The error is one line for whoever uploaded it.
    fn scan<'a>(&'a self, file: &'a Path, name: &'a str) -> Scanning<'a>;
}

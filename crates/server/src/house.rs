//! The house: everything that a request is answered with.

use std::path::PathBuf;
use std::sync::Arc;

use cases::{Actor, Procedure, Store, World};
use catalogue::{Catalogue, Lang};
use doors::Doors;
use evidence::NoteSigner;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use law::Text;
use post::Post;

use crate::metrics::Metrics;
use crate::ports::Scan;
use crate::problem::Problem;
use crate::render::Templates;

/// The moment. Only the binary reads the clock.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;
/// The key with which the office of an actor signs what it permits; none where it has none.
pub type Signers = Arc<dyn Fn(&Actor) -> Option<Arc<dyn NoteSigner>> + Send + Sync>;

/// What an installation says of itself.
#[derive(Debug, Clone)]
pub struct Installation {
    /// Where people and programs reach it, without a slash at the end, such as `https://exit.example.cn`.
    pub url: String,
    /// The version of the program.
    pub version: &'static str,
    /// Whether cookies are sent over TLS only: so it is unless people reach it by plain HTTP on this machine.
    pub secure: bool,
    /// Whether it is a demonstration: made-up cases, and doors that open at a click.
    pub demo: bool,
    /// A folder whose templates stand in place of those compiled in.
    pub templates: Option<PathBuf>,
    /// The name of the address of the one who asks, where a proxy that is trusted puts it into a header.
    pub forwarded: Option<String>,
}

/// What the binary brings.
pub struct Parts {
    /// What it says of itself.
    pub installation: Installation,
    /// The cases.
    pub store: Store,
    /// Who may come in.
    pub doors: Doors,
    /// Procedures, forms and law.
    pub world: Arc<World<'static>>,
    /// The moment.
    pub now: Now,
    /// The keys of offices.
    pub signers: Signers,
    /// Looks into uploaded tables.
    pub scan: Option<Arc<dyn Scan>>,
    /// What carries webhooks and mail; none: nobody is told.
    pub post: Option<Post>,
    /// The provider by which people can sign in beside their passwords (OpenID Connect).
    pub oidc: Option<Arc<oidc::Provider>>,
    /// What the first administrator has to type: it is shown where the program was started, and nowhere else.
    pub set_up_code: Option<String>,
}

/// Everything that a request is answered with.
pub(crate) struct House {
    pub(crate) installation: Installation,
    pub(crate) store: Store,
    pub(crate) doors: Doors,
    pub(crate) world: Arc<World<'static>>,
    pub(crate) signers: Signers,
    pub(crate) scan: Option<Arc<dyn Scan>>,
    pub(crate) post: Option<Post>,
    pub(crate) oidc: Option<Arc<oidc::Provider>>,
    pub(crate) came_back: crate::pages::CameBack,
    pub(crate) catalogue: &'static Catalogue,
    pub(crate) templates: Templates,
    pub(crate) metrics: Metrics,
    pub(crate) published: crate::desk::publication::Kept,
    pub(crate) statistics: crate::desk::statistics::Kept,
    set_up_code: Option<String>,
    now: Now,
}

/// The house, shared by all requests.
pub(crate) type Shared = Arc<House>;

impl House {
    pub(crate) fn new(parts: Parts) -> Self {
        let catalogue = crate::say::catalogue();
        Self {
            templates: Templates::new(catalogue, parts.installation.templates.as_deref()),
            installation: parts.installation,
            store: parts.store,
            doors: parts.doors,
            world: parts.world,
            signers: parts.signers,
            scan: parts.scan,
            post: parts.post,
            oidc: parts.oidc,
            came_back: crate::pages::CameBack::default(),
            catalogue,
            metrics: Metrics::default(),
            published: crate::desk::publication::Kept::default(),
            statistics: crate::desk::statistics::Kept::default(),
            set_up_code: parts.set_up_code,
            now: parts.now,
        }
    }

    /// The moment.
    pub(crate) fn now(&self) -> Timestamp {
        (self.now)()
    }

    /// The civil day of the law, in UTC+8.
    pub(crate) fn today(&self) -> Date {
        Offset::constant(8).to_datetime(self.now()).date()
    }

    /// Whether this is what the first administrator has to type.
    pub(crate) fn set_up_code_is(&self, typed: &str) -> bool {
        let digest = |text: &str| transfer::digest(text.trim().as_bytes());
        self.set_up_code.as_ref().is_some_and(|code| digest(code) == digest(typed))
    }

    /// The procedure with this id.
    pub(crate) fn procedure(&self, id: &str) -> Result<&'static Procedure, Problem> {
        let unknown =
            || Problem::not_found(Text::new(format!("没有程序 `{id}`"), format!("there is no procedure `{id}`")));
        let procedures: &'static cases::Procedures = self.world.procedures;
        procedures.get(id).ok_or_else(unknown)
    }

    /// A message in one language.
    pub(crate) fn say(&self, lang: Lang, key: &str) -> &str {
        self.catalogue.text(lang, key).unwrap_or_default()
    }
}

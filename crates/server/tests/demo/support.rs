//! An installation in a folder of its own, with the demonstration in it.

use std::path::Path;
use std::sync::Arc;

use cases::{Actor, Procedures, Store, World};
use doors::{Doors, Policies};
use jiff::Timestamp;
use law::RuleBase;
use post::{Post, Reach};
use server::Signers;
use server::demo::{Demo, DemoError, demo};

pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) doors: Doors,
    pub(crate) world: Arc<World<'static>>,
    pub(crate) demo: Demo,
    #[allow(dead_code, reason = "of the tests around it only those in a browser send letters")]
    pub(crate) post: Post,
    _folder: tempfile::TempDir,
}

pub(crate) fn world() -> Arc<World<'static>> {
    let procedures: &'static Procedures = Box::leak(Box::new(Procedures::embedded().unwrap()));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lawbook");
    let mut files = Vec::new();
    collect(&root, &root, &mut files);
    files.sort();
    let base = RuleBase::parse(files.iter().map(|(name, text)| (name.as_str(), text.as_str()))).unwrap();
    Arc::new(World::new(procedures, dossier::forms(), Box::leak(Box::new(base))).unwrap())
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else if path.extension().is_some_and(|ending| ending == "toml" || ending == "md") {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            files.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
}

pub(crate) fn signers() -> Signers {
    let key = Arc::new(evidence::SigningKey::from_seed("demo.example.cn/office", &[9; 32]).unwrap());
    Arc::new(move |_: &Actor| Some(Arc::clone(&key) as Arc<dyn evidence::NoteSigner>))
}

impl House {
    pub(crate) async fn at(world: &Arc<World<'static>>, now: &str) -> Result<Self, DemoError> {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite:{}", folder.path().join("demo.db").display());
        let database = database::Database::at(&address).unwrap();
        let random: cases::Random = Arc::new(|bytes: &mut [u8]| getrandom::fill(bytes).map_err(std::io::Error::other));
        let keys = cases::Keys::new([7; 32], Arc::clone(&random));
        let post = Post::open(&database, [7; 32], Arc::clone(&random), Reach::Public, None).await.unwrap();
        let store = Store::open_on(&database, keys, Arc::clone(world)).await.unwrap();
        let policies = Arc::new(Policies::embedded().unwrap());
        let doors = Doors::open(&database, doors::Keys::new([7; 32], random), policies).await.unwrap();
        let now: Timestamp = now.parse().unwrap();
        let demo = demo(&store, &doors, world, now, &signers()).await?;
        Ok(Self { store, doors, world: Arc::clone(world), demo, post, _folder: folder })
    }

    pub(crate) fn actor(&self, login: &str) -> Actor {
        let persona =
            self.demo.people.iter().find(|one| one.login == login).unwrap_or_else(|| panic!("nobody `{login}`"));
        persona.actor.clone()
    }
}

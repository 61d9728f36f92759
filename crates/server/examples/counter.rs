//! The counter by itself, without the data plane: for those who work on pages. `cargo run -p tongguan-server --example counter -- PORT FOLDER`
//!
//! Makes an installation in FOLDER with the demonstration in it; everybody's password is printed. Templates are read from the source tree each time, so
//! that what is changed shows at once.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cases::{Actor, Procedures, Store, World};
use doors::{Doors, Policies};
use jiff::Timestamp;
use law::RuleBase;
use post::{Post, Reach};
use server::{Installation, Parts, Signers};

type Failed = Box<dyn Error>;

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let mut args = std::env::args().skip(1);
    let port: u16 = args.next().unwrap_or_else(|| "8090".to_owned()).parse()?;
    let folder = PathBuf::from(args.next().unwrap_or_else(|| "target/counter".to_owned()));
    std::fs::create_dir_all(&folder)?;
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let procedures: &'static Procedures = Box::leak(Box::new(Procedures::embedded()?));
    let base: &'static RuleBase = Box::leak(Box::new(lawbook(&root.join("lawbook"))?));
    let world = Arc::new(World::new(procedures, dossier::forms(), base)?);
    let database = database::Database::at(&format!("sqlite:{}", folder.join("counter.db").display()))?;
    let random: cases::Random = Arc::new(|bytes: &mut [u8]| getrandom::fill(bytes).map_err(std::io::Error::other));
    let store = Store::open_on(&database, cases::Keys::new([7; 32], Arc::clone(&random)), Arc::clone(&world)).await?;
    let post = Post::open(&database, [7; 32], Arc::clone(&random), Reach::Any, None).await?;
    let doors = Doors::open(&database, doors::Keys::new([7; 32], random), Arc::new(Policies::embedded()?)).await?;
    let key = Arc::new(evidence::SigningKey::from_seed("demo.tongguan.local/office", &[9; 32])?);
    let signers: Signers = Arc::new(move |_: &Actor| Some(Arc::clone(&key) as Arc<dyn evidence::NoteSigner>));
    if doors.is_new().await? {
        let demo = server::demo::demo(&store, &doors, &world, now(), &signers).await?;
        println!("{} cases; password: {}", demo.cases.len(), server::demo::PASSWORD);
        for link in &demo.links {
            println!("{} ({}): http://127.0.0.1:{port}{}", link.name, link.role, link.path);
        }
    }
    let installation = Installation {
        url: format!("http://127.0.0.1:{port}"),
        version: env!("CARGO_PKG_VERSION"),
        secure: false,
        demo: true,
        templates: Some(PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/templates"))),
        forwarded: None,
    };
    let parts = Parts {
        installation,
        store,
        doors,
        world,
        now: Arc::new(now),
        signers,
        scan: None,
        post: Some(post.clone()),
        oidc: None,
        set_up_code: None,
    };
    let counter = server::Counter::new(parts);
    tokio::spawn(counter.clone().tell());
    tokio::spawn(post.carry(now));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("http://127.0.0.1:{port}");
    Ok(server::serve(listener, counter.routes(), None, std::future::pending()).await?)
}

/// An example is a program: it may read the clock.
#[allow(clippy::disallowed_methods)]
fn now() -> Timestamp {
    Timestamp::now()
}

fn lawbook(folder: &Path) -> Result<RuleBase, Failed> {
    let mut files = Vec::new();
    collect(folder, folder, &mut files)?;
    files.sort();
    Ok(RuleBase::parse(files.iter().map(|(name, text)| (name.as_str(), text.as_str())))?)
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) -> Result<(), Failed> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "toml" || ending == "md") {
            let name = path.strip_prefix(root)?.to_string_lossy().into_owned();
            files.push((name, std::fs::read_to_string(&path)?));
        }
    }
    Ok(())
}

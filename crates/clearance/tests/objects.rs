//! Releases into an object store of which every operation fails once.

mod support;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use clearance::{
    ClearanceError, Cleared, Home, Identities, Job, Loaded, Scope, Stores, close_unpublished, read_trust, recover,
    verify_at,
};
use futures::StreamExt as _;
use futures::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    ObjectStoreExt as _, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result, UploadPart,
};
use support::{Desk, ON, USUAL, transfer};

/// The tests' handler.
const HANDLER: &str = "91110105MA0000000A";
const PLACE: &str = "s3://bucket/some/where";

/// When an operation fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    /// It is not done.
    Before,
    /// It is done, and the answer lost.
    After,
    /// It is not done, nor is any that follows.
    FromThenOn,
}

/// Counts operations; fails one of them.
#[derive(Debug)]
struct Fault {
    done: AtomicUsize,
    at: usize,
    when: When,
}

impl Fault {
    /// Counts an operation: whether it fails before and whether after it is done.
    fn meet(&self) -> (bool, bool) {
        let number = self.done.fetch_add(1, Ordering::SeqCst) + 1;
        let is_it = number == self.at;
        match self.when {
            When::Before => (is_it, false),
            When::After => (false, is_it),
            When::FromThenOn => (number >= self.at, false),
        }
    }

    async fn run<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let (before, after) = self.meet();
        let lost = || Error::Generic { store: "test", source: "the line is dead".into() };
        if before {
            return Err(lost());
        }
        let done = work.await;
        if after { Err(lost()) } else { done }
    }
}

/// A store whose operations fail as they are told.
#[derive(Debug)]
struct Failing {
    inner: Arc<InMemory>,
    fault: Arc<Fault>,
}

impl fmt::Display for Failing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a store that fails")
    }
}

#[async_trait]
impl ObjectStore for Failing {
    async fn put_opts(&self, at: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.fault.run(self.inner.put_opts(at, payload, options)).await
    }

    async fn put_multipart_opts(&self, at: &Path, options: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        let upload = self.fault.run(self.inner.put_multipart_opts(at, options)).await?;
        Ok(Box::new(FailingUpload { upload, fault: Arc::clone(&self.fault) }))
    }

    async fn get_opts(&self, at: &Path, options: GetOptions) -> Result<GetResult> {
        self.fault.run(self.inner.get_opts(at, options)).await
    }

    fn delete_stream(&self, at: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.inner.delete_stream(at)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        match self.fault.meet() {
            (false, false) => self.inner.list(prefix),
            _ => futures::stream::iter([Err(Error::Generic { store: "test", source: "the line is dead".into() })])
                .boxed(),
        }
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.fault.run(self.inner.list_with_delimiter(prefix)).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.fault.run(self.inner.copy_opts(from, to, options)).await
    }
}

#[derive(Debug)]
struct FailingUpload {
    upload: Box<dyn MultipartUpload>,
    fault: Arc<Fault>,
}

#[async_trait]
impl MultipartUpload for FailingUpload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        let (part, fault) = (self.upload.put_part(data), Arc::clone(&self.fault));
        Box::pin(async move { fault.run(part).await })
    }

    async fn complete(&mut self) -> Result<PutResult> {
        let fault = Arc::clone(&self.fault);
        fault.run(self.upload.complete()).await
    }

    async fn abort(&mut self) -> Result<()> {
        self.upload.abort().await
    }
}

/// A desk whose releases go to a store in memory.
struct Remote {
    desk: Desk,
    inner: Arc<InMemory>,
}

impl Remote {
    fn new() -> Self {
        let desk = Desk::new();
        desk.write("people.csv", "cust_id,gender\nA1,F\nB2,M\nC3,F\n");
        Self { desk, inner: Arc::new(InMemory::new()) }
    }

    /// Stores that fail at an operation; 0: never. Small files go in several parts, too.
    fn stores(&self, at: usize, when: When) -> (Stores, Arc<Fault>) {
        let fault = Arc::new(Fault { done: AtomicUsize::new(0), at, when });
        let store = Failing { inner: Arc::clone(&self.inner), fault: Arc::clone(&fault) };
        (Stores::given(Arc::new(store)).in_parts_of(50), fault)
    }

    async fn home(&self, stores: Stores) -> Home {
        let mut home = self.desk.home().await;
        home.stores = stores;
        home
    }

    async fn clear(&self, stores: Stores) -> std::result::Result<Cleared, ClearanceError> {
        let text = transfer(&[("cust_id", "pseudonym"), ("gender", "keep")], USUAL, PLACE);
        let loaded = Loaded::open(&self.desk.write("transfer.toml", text))?;
        let home = self.home(stores).await;
        let options = self.desk.options();
        let cleared = Job::new(&home, &self.desk.base, &loaded, &options).await?.run().await;
        home.store.close().await;
        cleared
    }

    async fn there(&self) -> usize {
        self.inner.list(None).count().await
    }

    fn staged(&self) -> usize {
        std::fs::read_dir(self.desk.path("home/staging")).into_iter().flatten().count()
    }

    /// The states of the releases, and the persons that count.
    async fn counted(&self, home: &Home) -> (Vec<String>, u64) {
        let lines = home.store.entries(HANDLER, ON.year()).await.expect("entries");
        let spill = home.spill().expect("a folder");
        let tally = home.store.tally(HANDLER, ON.year(), Scope::Counted, false, &spill).await.expect("a tally");
        (lines.into_iter().filter_map(|line| line.state).collect(), tally.ordinary())
    }
}

#[tokio::test]
async fn i6_every_operation_of_an_object_store_may_fail() {
    let remote = Remote::new();
    let (stores, fault) = remote.stores(0, When::Before);
    remote.clear(stores).await.expect("runs");
    let operations = fault.done.load(Ordering::SeqCst);
    assert!(operations > 15, "{operations} operations");
    let mut outcomes = [0; 2];
    for when in [When::Before, When::After, When::FromThenOn] {
        for at in 1..=operations {
            let remote = Remote::new();
            let failed = remote.clear(remote.stores(at, when).0).await;
            let what = format!("{when:?} operation {at} of {operations}");
            let text = failed.map(drop).expect_err(&what).to_string();
            assert!(text.starts_with(PLACE) && !text.contains('\n'), "{what}: {text}");
            // The line is up again: what was committed is published now, whatever arrived before.
            let stores = remote.stores(0, When::Before).0;
            let home = remote.home(stores.clone()).await;
            let recovered = recover(&home).await.expect("recovers");
            assert!(recovered.iter().all(|(_, stuck)| stuck.is_none()), "{what}: {recovered:?}");
            let (states, persons) = remote.counted(&home).await;
            let trust = read_trust(&home.trust_file()).expect("trust");
            let leaves = home.log().expect("a log").0.size();
            match states.as_slice() {
                [] => assert_eq!((persons, leaves, remote.there().await), (0, 0, 0), "{what}"),
                [state] => {
                    assert_eq!(
                        (state.as_str(), persons, leaves, remote.there().await),
                        ("published", 3, 1, 5),
                        "{what}"
                    );
                    let scratch = remote.desk.path("scratch");
                    std::fs::create_dir(&scratch).expect("a folder");
                    let verdict =
                        verify_at(PLACE, &trust, &Identities::default(), &stores, &scratch).await.expect("can be read");
                    assert!(verdict.holds() && std::fs::remove_dir(&scratch).is_ok(), "{what}: {:?}", verdict.faults);
                }
                _ => panic!("{what}: {states:?}"),
            }
            outcomes[states.len()] += 1;
            assert_eq!(remote.staged(), 0, "{what}");
            assert!(recover(&home).await.expect("recovers").is_empty(), "{what}: a second recovery finds nothing");
            home.store.close().await;
        }
    }
    assert!(outcomes.iter().all(|count| *count > 0), "some fail before the commit, some after it");
}

#[tokio::test]
async fn i6_a_release_whose_store_is_gone_is_closed_by_an_entry_and_never_published() {
    let remote = Remote::new();
    let operations = {
        let sound = Remote::new();
        let (stores, fault) = sound.stores(0, When::Before);
        sound.clear(stores).await.expect("runs");
        fault.done.load(Ordering::SeqCst)
    };
    // The line dies before the manifest is put: parts of it lie there.
    assert!(remote.clear(remote.stores(operations - 1, When::FromThenOn).0).await.is_err());
    let home = remote.home(remote.stores(0, When::Before).0).await;
    let release = home.store.unfinished().await.expect("releases")[0].release.clone();
    let close = async |home: &Home| close_unpublished(home, &release, "A. Tester", "gone", ON).await;
    let refused = close(&home).await.expect_err("parts lie there").to_string();
    assert!(refused.contains("parts of it may lie at"), "{refused}");
    assert_eq!(remote.counted(&home).await, (vec!["committed".to_owned()], 3));
    home.store.close().await;
    // Where the store cannot be asked, the person's word stands.
    let home = remote.home(remote.stores(1, When::FromThenOn).0).await;
    let closed = close(&home).await.expect("closes");
    assert_eq!(closed.leaf, 1, "after the receipt");
    let leaf = home.log().expect("a log").0.leaf(1).expect("a leaf");
    let leaf = serde_json::from_slice::<serde_json::Value>(&leaf).expect("JSON");
    assert_eq!(
        (leaf["form"].as_str(), leaf["release"].as_str(), leaf["day"].as_str()),
        (Some("tongguan/not-published/1"), Some(release.as_str()), Some("2026-11-02"))
    );
    assert_eq!(remote.counted(&home).await, (vec!["not-published".to_owned()], 0));
    home.store.close().await;
    // Nor is it published when the store is back.
    let home = remote.home(remote.stores(0, When::Before).0).await;
    assert!(recover(&home).await.expect("recovers").is_empty());
    assert_eq!(close(&home).await.expect("is closed"), closed);
    assert_eq!((home.log().expect("a log").0.size(), remote.staged()), (2, 0));
    let receipt = Path::from("some/where/receipt.json");
    assert!(matches!(remote.inner.head(&receipt).await, Err(Error::NotFound { .. })));
    home.store.close().await;
}

#[tokio::test]
async fn what_lies_in_a_store_is_never_written_over() {
    let remote = Remote::new();
    let strange = Path::from("some/where/strange");
    remote.inner.put(&strange, "theirs".into()).await.expect("puts");
    let refused = remote.clear(remote.stores(0, When::Before).0).await.map(drop).expect_err("refuses");
    assert!(refused.is_input() && refused.to_string().contains("the destination exists"), "{refused}");
    assert_eq!(remote.staged(), 0);
    remote.inner.delete(&strange).await.expect("deletes");
    // Somebody else's object appears after the commit: it stays as it is, and the release stays committed.
    assert!(remote.clear(remote.stores(4, When::FromThenOn).0).await.is_err());
    let permit = Path::from("some/where/permit.json");
    remote.inner.put(&permit, "theirs".into()).await.expect("puts");
    let home = remote.home(remote.stores(0, When::Before).0).await;
    let stuck = recover(&home).await.expect("recovers").remove(0).1.expect("is stuck").to_string();
    assert!(stuck.contains("`permit.json` lies there with other bytes"), "{stuck}");
    let there = remote.inner.get(&permit).await.expect("gets").bytes().await.expect("bytes");
    assert_eq!(there.as_ref(), b"theirs");
    remote.inner.delete(&permit).await.expect("deletes");
    assert!(recover(&home).await.expect("recovers").remove(0).1.is_none());
    home.store.close().await;
}

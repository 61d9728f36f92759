//! Law, forms and procedures as they are compiled in, actors of every role, and a case brought to any state.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use cases::{
    Acting, ActionId, Actor, ActorId, Case, CaseId, Happened, Opening, Payload, Phase, Procedure, Procedures, Recorded,
    Refusal, Role, Scope, StateId, Version, World, act, fold, open_case,
};
use evidence::SigningKey;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use law::RuleBase;

/// The office that certification bodies, zones' bodies, prefectures and authorities of sectors are.
pub(crate) const OFFICE: &str = "office-1";
/// A made-up unified social credit code whose check character holds.
pub(crate) const USCC: &str = "91350100M000100Y43";

/// The files of the lawbook, read from the repository.
pub(crate) fn base() -> &'static RuleBase {
    static BASE: OnceLock<RuleBase> = OnceLock::new();
    BASE.get_or_init(|| {
        let root = root().join("lawbook");
        let mut files = Vec::new();
        collect(&root, &root, &mut files);
        RuleBase::parse(files.iter().map(|(name, text)| (name.as_str(), text.as_str()))).unwrap()
    })
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else if path.file_name().is_some_and(|name| name != "README.md") {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            files.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub(crate) fn procedures() -> &'static Procedures {
    static ALL: OnceLock<Procedures> = OnceLock::new();
    ALL.get_or_init(|| Procedures::embedded().unwrap_or_else(|error| panic!("{error}")))
}

/// Procedures, forms and law together.
pub(crate) fn world() -> World<'static> {
    World::new(procedures(), dossier::forms(), base()).unwrap_or_else(|error| panic!("{error}"))
}

/// Somebody of the role who has to do with cases of a handler in the region.
pub(crate) fn actor(role: Role, region: &str) -> Actor {
    let scope = match role {
        Role::Applicant | Role::Approver => Scope::Handler(USCC.to_owned()),
        Role::Adviser | Role::Recipient => Scope::Case(id()),
        Role::Province => Scope::Province(region.to_owned()),
        Role::National | Role::Auditor | Role::Administrator => Scope::All,
        Role::Prefecture | Role::SectorAuthority | Role::CertificationBody | Role::ZoneBody => {
            Scope::Office(OFFICE.to_owned())
        }
    };
    Actor { id: ActorId::new(format!("{role}-1")), role, scope }
}

pub(crate) fn id() -> CaseId {
    CaseId::new("case-1")
}

/// The key by which an office signs permits.
pub(crate) fn office_key() -> SigningKey {
    SigningKey::from_seed("office.example.org", &[7; 32]).unwrap()
}

/// A moment of Beijing.
pub(crate) fn beijing(moment: DateTime) -> Timestamp {
    moment.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8))).unwrap().timestamp()
}

/// Who else is told of everything that is tried on a case, and reads it back.
pub(crate) trait Beside {
    /// The request as it was made and what the pure core said of it; the case as it is read back, where there is one.
    fn tried(&mut self, tried: cases::Request, came: &Result<Recorded, Refusal>) -> Option<Case>;
}

/// A running case: its record, and what was refused.
pub(crate) struct Run {
    pub(crate) id: CaseId,
    pub(crate) beside: Option<Box<dyn Beside>>,
    pub(crate) world: World<'static>,
    pub(crate) record: Vec<Recorded>,
    pub(crate) case: Option<Case>,
    pub(crate) region: String,
}

impl Run {
    pub(crate) fn new(region: &str) -> Self {
        Self { id: id(), beside: None, world: world(), record: Vec::new(), case: None, region: region.to_owned() }
    }

    fn actor(&self, role: Role) -> Actor {
        let mut actor = actor(role, &self.region);
        if let Scope::Case(of) = &mut actor.scope {
            *of = self.id.clone();
        }
        actor
    }

    /// A case opened on the day by the first role that may.
    pub(crate) fn opened(procedure: &str, region: &str, on: Date) -> Self {
        let mut run = Self::new(region);
        let definition = procedures().get(procedure).unwrap();
        let by = definition.action("open").unwrap().by[0];
        run.open(definition, by, on.at(9, 0, 0, 0), BTreeMap::new(), cases::Channel::Online).unwrap();
        run
    }

    pub(crate) fn open(
        &mut self,
        procedure: &Procedure,
        by: Role,
        at: DateTime,
        days: BTreeMap<String, Date>,
        channel: cases::Channel,
    ) -> Result<(), Refusal> {
        let handler = cases::Handler {
            uscc: USCC.to_owned(),
            name: "示例科技有限公司".to_owned(),
            region: self.region.clone(),
            sector: None,
        };
        let opening = Opening {
            procedure: procedure.id.clone(),
            handler,
            channel,
            office: Some(OFFICE.to_owned()),
            follows: None,
            title: "示例".to_owned(),
        };
        let payload = Payload { opening: Some(opening), days, ..Payload::default() };
        self.take(by, at, Version(0), "open", payload)
    }

    /// Takes an action at a moment of Beijing, having seen the last version.
    pub(crate) fn act(&mut self, by: Role, at: DateTime, action: &str, payload: Payload) -> Result<(), Refusal> {
        let seen = self.case().version;
        self.act_seen(by, at, seen, action, payload)
    }

    pub(crate) fn act_seen(
        &mut self,
        by: Role,
        at: DateTime,
        seen: Version,
        action: &str,
        payload: Payload,
    ) -> Result<(), Refusal> {
        self.take(by, at, seen, action, payload)
    }

    /// The case is what its record folds into, after every action.
    fn take(&mut self, by: Role, at: DateTime, seen: Version, action: &str, payload: Payload) -> Result<(), Refusal> {
        let actor = self.actor(by);
        let key = office_key();
        let acting = Acting { by: &actor, at: beijing(at), seen, request: None, signer: Some(&key) };
        let action = ActionId::new(action);
        let came = match &self.case {
            None => open_case(&self.world, &self.id, acting, payload.clone()),
            Some(case) => act(&self.world, case, acting, &action, payload.clone()),
        };
        let (case, at, signer) = (self.id.clone(), acting.at, Some(std::sync::Arc::new(key) as _));
        let request = cases::Request { case, action, by: actor, at, seen, request: None, payload, signer };
        let again = self.beside.as_mut().and_then(|beside| beside.tried(request, &came));
        self.record.push(came?);
        let folded = fold(&self.id, &self.record).unwrap();
        if let Some(read) = &again {
            assert_eq!(*read, folded, "what is read back is what the record folds into");
        }
        self.case = Some(again.unwrap_or(folded));
        Ok(())
    }

    pub(crate) fn case(&self) -> &Case {
        self.case.as_ref().unwrap()
    }
}

/// A case of the procedure in the state, as if it had come there on the shortest way that an office saw.
pub(crate) fn in_state(procedure: &Procedure, state: &str, region: &str, on: Date) -> Case {
    let mut case = Run::opened(procedure.id.as_str(), region, procedure.from).case().clone();
    let way = way(procedure, state);
    for (at, to) in way.into_iter().enumerate() {
        let from = std::mem::replace(&mut case.state, to.clone());
        case.version = Version(u32::try_from(at).unwrap() + 2);
        case.history.push(Happened {
            version: case.version,
            at: beijing(procedure.from.at(9, 0, 0, 0)),
            day: procedure.from.min(on),
            by: actor(Role::Approver, region),
            action: ActionId::new("on-the-way"),
            from,
            to,
            days: BTreeMap::new(),
            moment: None,
            workdays: None,
            text: None,
        });
    }
    case
}

/// The states after the first, up to this one: the shortest way past an office, where there is one.
fn way(procedure: &Procedure, state: &str) -> Vec<StateId> {
    let seen = |way: &Vec<StateId>| {
        let phase = |id: &StateId| procedure.state(id.as_str()).unwrap().phase;
        way.iter().any(|id| !matches!(phase(id), Phase::Preparing | Phase::Closed))
    };
    let mut ways: Vec<Vec<StateId>> = vec![vec![procedure.first().clone()]];
    let mut found: Vec<Vec<StateId>> = Vec::new();
    let mut at = 0;
    while at < ways.len() {
        let way = ways[at].clone();
        at += 1;
        let here = way.last().unwrap();
        if here.as_str() == state {
            found.push(way.clone());
        }
        for action in procedure.actions.iter().filter(|action| action.is_from(procedure.state(here.as_str()).unwrap()))
        {
            for to in targets(action) {
                if !way.contains(&to) {
                    ways.push(way.iter().cloned().chain([to]).collect());
                }
            }
        }
        if found.iter().any(seen) || way.len() > 8 {
            break;
        }
    }
    let best = found.iter().find(|way| seen(way)).or(found.first()).unwrap_or_else(|| panic!("no way to `{state}`"));
    best[1..].to_vec()
}

/// The states an action names as where it leads.
pub(crate) fn targets(action: &cases::ActionDefinition) -> Vec<StateId> {
    match &action.to {
        cases::To::Stay | cases::To::InForce => Vec::new(),
        cases::To::State(state) => vec![state.clone()],
        cases::To::Result { approved, in_part, refused } => vec![approved.clone(), in_part.clone(), refused.clone()],
    }
}

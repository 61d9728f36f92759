//! age (C2SP age) as this program uses it: who can open what, and small secrets sealed and opened in memory.

use std::fmt;
use std::io::{Read as _, Write as _};
use std::path::Path;

use age::armor::{ArmoredReader, ArmoredWriter, Format};
use age::secrecy::SecretString;
use age::{DecryptError, Decryptor, Encryptor, Identity, Recipient};
use transfer::AgeRecipient;
use zeroize::Zeroizing;

use crate::disk;
use crate::error::{At as _, ClearanceError};

/// The work of deriving a key from a passphrase, as a power of two: what `age` itself takes, about a second and 256 MiB.
/// Fixed, because what `age` would measure on a busy machine is less.
const WORK: u8 = 18;
/// The most of it that is done for a file somebody hands us.
const MOST_WORK: u8 = 22;

/// Secret halves of age keys. Wiped when dropped, never printed.
#[derive(Clone, Default)]
pub struct Identities(Vec<age::x25519::Identity>);

impl Identities {
    /// Reads a file of identities as `age-keygen` writes it: `AGE-SECRET-KEY-1…` lines, and comments.
    pub fn read(path: &Path) -> Result<Self, ClearanceError> {
        let text = Zeroizing::new(std::fs::read_to_string(path).at(path)?);
        let lines = text.lines().enumerate().map(|(number, line)| (number + 1, line.trim()));
        let keys = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')).map(|(number, line)| {
            // The line itself may be a secret with a slip in it.
            let what = if line.starts_with("age1") { "a public key, not an identity" } else { "no identity of age" };
            line.parse::<age::x25519::Identity>().map_err(|_| {
                let how = "an identity begins with `AGE-SECRET-KEY-1`; `tongguan keys identity FILE` makes one";
                ClearanceError::input(format!("{}: line {number} is {what}: {how}", path.display()))
            })
        });
        let keys = keys.collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() {
            return Err(ClearanceError::input(format!("{}: holds no identity of age", path.display())));
        }
        Ok(Self(keys))
    }

    /// Makes a new identity and writes it to a new file of mode 0600; its public key.
    pub fn create(path: &Path) -> Result<AgeRecipient, ClearanceError> {
        let identity = age::x25519::Identity::generate();
        let key = public_key(&identity)?;
        let secret = Zeroizing::new(identity_text(&identity));
        let text = Zeroizing::new(format!("# public key: {key}\n{}\n", *secret));
        match disk::write_private(path, text.as_bytes()) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Err(ClearanceError::input(format!(
                "{}: exists and is not overwritten: name a new file",
                path.display()
            ))),
            written => written.at(path).map(|()| key),
        }
    }

    /// True where there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds those of another.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// The first of them.
    pub fn first(&self) -> Option<&age::x25519::Identity> {
        self.0.first()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &dyn Identity> {
        self.0.iter().map(|identity| identity as &dyn Identity)
    }
}

impl From<age::x25519::Identity> for Identities {
    fn from(identity: age::x25519::Identity) -> Self {
        Self(vec![identity])
    }
}

impl fmt::Debug for Identities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identities({})", self.0.len())
    }
}

/// The identity as it is written to a file.
pub(crate) fn identity_text(identity: &age::x25519::Identity) -> String {
    age::secrecy::ExposeSecret::expose_secret(&identity.to_string()).to_owned()
}

pub(crate) fn public_key(identity: &age::x25519::Identity) -> Result<AgeRecipient, ClearanceError> {
    let parsed = identity.to_public().to_string().parse();
    parsed.map_err(|error| ClearanceError::Store(format!("a new identity has an unusable public key: {error}")))
}

/// A passphrase. Wiped when dropped, never printed.
#[derive(Clone)]
pub struct Passphrase(SecretString);

impl Passphrase {
    /// Takes a passphrase that was typed.
    pub fn new(text: String) -> Result<Self, ClearanceError> {
        let text = Zeroizing::new(text);
        let plain = text.trim_end_matches(['\r', '\n']);
        if plain.is_empty() {
            return Err(ClearanceError::input("the passphrase is empty"));
        }
        Ok(Self(SecretString::from(plain.to_owned())))
    }

    /// Reads the first line of a file.
    pub fn read(path: &Path) -> Result<Self, ClearanceError> {
        let text = Zeroizing::new(std::fs::read_to_string(path).at(path)?);
        let line = text.lines().next().unwrap_or_default().to_owned();
        Self::new(line).map_err(|_| ClearanceError::input(format!("{}: its first line is empty", path.display())))
    }
}

impl PartialEq for Passphrase {
    fn eq(&self, other: &Self) -> bool {
        let text = |one: &Self| Zeroizing::new(age::secrecy::ExposeSecret::expose_secret(&one.0).to_owned());
        *text(self) == *text(other)
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(..)")
    }
}

/// What somebody has to open age files with.
#[derive(Debug, Clone, Default)]
pub struct Opener {
    /// Identities.
    pub identities: Identities,
    /// A passphrase.
    pub passphrase: Option<Passphrase>,
}

/// For whom something is sealed.
#[derive(Debug, Clone)]
pub enum SealTo {
    /// Whoever holds the identity of one of these keys.
    Recipients(Vec<AgeRecipient>),
    /// Whoever knows the passphrase.
    Passphrase(Passphrase),
}

/// How a file is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// It is no age file.
    Not,
    /// To public keys.
    Identity,
    /// By a passphrase.
    Passphrase,
}

/// Why an age file cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shut {
    NoIdentity,
    NoPassphrase,
    WrongPassphrase,
    TooMuchWork,
    Damaged,
}

impl fmt::Display for Shut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoIdentity => "is encrypted to another identity than the ones given",
            Self::NoPassphrase => "is encrypted under a passphrase, and none was given",
            Self::WrongPassphrase => "is encrypted under another passphrase, or is damaged",
            Self::TooMuchWork => "asks for more work to derive its key than this program will do",
            Self::Damaged => "is damaged or cut short",
        })
    }
}

impl Identities {
    /// These identities, and no passphrase.
    pub(crate) fn into_opener(self) -> Opener {
        Opener { identities: self, passphrase: None }
    }
}

/// The keys as `age` takes them.
pub(crate) fn recipients(keys: &[AgeRecipient]) -> Result<Vec<age::x25519::Recipient>, ClearanceError> {
    let parse = |key: &AgeRecipient| key.to_string().parse::<age::x25519::Recipient>();
    let parsed = keys.iter().map(parse).collect::<Result<_, _>>();
    parsed.map_err(|error| ClearanceError::input(format!("a public key cannot be used: {error}")))
}

/// Seals a small secret, as armoured text.
pub(crate) fn seal(plain: &[u8], to: &SealTo) -> Result<String, ClearanceError> {
    let fault = |what: &dyn fmt::Display| ClearanceError::Store(format!("cannot be encrypted: {what}"));
    let encryptor = match to {
        SealTo::Recipients(keys) => {
            let keys = recipients(keys)?;
            Encryptor::with_recipients(keys.iter().map(|key| key as &dyn Recipient))
        }
        SealTo::Passphrase(passphrase) => {
            let mut recipient = age::scrypt::Recipient::new(passphrase.0.clone());
            recipient.set_work_factor(WORK);
            Encryptor::with_recipients(std::iter::once(&recipient as &dyn Recipient))
        }
    };
    let encryptor = encryptor.map_err(|error| fault(&error))?;
    let sealed = ArmoredWriter::wrap_output(Vec::new(), Format::AsciiArmor)
        .and_then(|armour| encryptor.wrap_output(armour))
        .and_then(|mut writer| {
            writer.write_all(plain)?;
            writer.finish()?.finish()
        });
    sealed.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).map_err(|error| fault(&error))
}

fn decryptor(sealed: &[u8]) -> Result<Decryptor<impl std::io::Read + use<'_>>, Shut> {
    Decryptor::new(ArmoredReader::new(sealed)).map_err(|_| Shut::Damaged)
}

/// How bytes are closed.
pub(crate) fn closed(bytes: &[u8]) -> Closed {
    let head = bytes.trim_ascii_start();
    if !head.starts_with(b"age-encryption.org/") && !head.starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----") {
        return Closed::Not;
    }
    // What is damaged is told when it is opened.
    if decryptor(head).is_ok_and(|file| file.is_scrypt()) { Closed::Passphrase } else { Closed::Identity }
}

/// Opens a sealed secret, armoured or binary.
pub(crate) fn open(sealed: &[u8], opener: &Opener) -> Result<Zeroizing<Vec<u8>>, Shut> {
    let file = decryptor(sealed.trim_ascii_start())?;
    let by_passphrase = file.is_scrypt();
    let opened = if by_passphrase {
        let passphrase = opener.passphrase.as_ref().ok_or(Shut::NoPassphrase)?;
        let mut identity = age::scrypt::Identity::new(passphrase.0.clone());
        identity.set_max_work_factor(MOST_WORK);
        file.decrypt(std::iter::once(&identity as &dyn Identity))
    } else {
        file.decrypt(opener.identities.iter())
    };
    let mut reader = opened.map_err(|error| match error {
        DecryptError::NoMatchingKeys => Shut::NoIdentity,
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed if by_passphrase => Shut::WrongPassphrase,
        DecryptError::ExcessiveWork { .. } => Shut::TooMuchWork,
        _ => Shut::Damaged,
    })?;
    // No room to grow out of: a vector that moves would leave its old bytes behind.
    let mut plain = Zeroizing::new(Vec::with_capacity(sealed.len()));
    reader.read_to_end(&mut plain).map_err(|_| Shut::Damaged)?;
    Ok(plain)
}

/// How a file is closed: what has to be asked for before it can be read.
pub fn closed_how(path: &Path) -> Result<Closed, ClearanceError> {
    Ok(closed(&std::fs::read(path).at(path)?))
}
